import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '#lib/runtime/log.ts';
import type { TlsConfig } from './config.ts';
import { openTls, type Tls } from './tls.ts';

/*
 * Certificates with EC keys (P-256) for tests, valid from 2020 to 2119, so that no test waits until keys are made. They
 * protect nothing: anybody who reads this file has the keys.
 */

/** A certificate, its key, and the CA of its lab; all PEM. */
export interface TestCredentials {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** The CA of the lab, and another CA that the lab does not know. */
export const ca = `-----BEGIN CERTIFICATE-----
MIIBkTCCATegAwIBAgIUZzp98EIYBdTds3qfgPmBum/H9MIwCgYIKoZIzj0EAwIw
JDEQMA4GA1UECgwHd2lyZWxhYjEQMA4GA1UEAwwHdGVzdCBDQTAgFw0yMDAxMDEw
MDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowJDEQMA4GA1UECgwHd2lyZWxhYjEQMA4G
A1UEAwwHdGVzdCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABP8LUdCoGrlX
p9D0i77KmtvfH6gjsMeYTQbLWeztASY03CabEhE9BtFoQ0vsTFBaog6/YfARxaGe
5W6HrKkaw5ujRTBDMBIGA1UdEwEB/wQIMAYBAf8CAQAwDgYDVR0PAQH/BAQDAgEG
MB0GA1UdDgQWBBSKi4qsP4UvRjd17rUV0ZGn7YtieTAKBggqhkjOPQQDAgNIADBF
AiBTMMsxwiTtZP7HIobhuJkKYihbz4R5GGk/DeYDivvCqQIhAJIiGPC76FYJLZTF
UhZuHL+xpjCm1DpH1XAZ1a23EnSh
-----END CERTIFICATE-----
`;
export const foreignCa = `-----BEGIN CERTIFICATE-----
MIIBljCCAT2gAwIBAgIUGnM2VzCI3K/4Ye65EGE+Z2G8nqswCgYIKoZIzj0EAwIw
JzEQMA4GA1UECgwHd2lyZWxhYjETMBEGA1UEAwwKZm9yZWlnbiBDQTAgFw0yMDAx
MDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowJzEQMA4GA1UECgwHd2lyZWxhYjET
MBEGA1UEAwwKZm9yZWlnbiBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABC6A
SmFyzzvs0kBanKIlCpL/mHCScT2kuMeJbkb/zWN1FChAMJH/vnPrieUmr15h0ZqS
7ftkVzdDWsIPJkYwYPSjRTBDMBIGA1UdEwEB/wQIMAYBAf8CAQAwDgYDVR0PAQH/
BAQDAgEGMB0GA1UdDgQWBBTPrh1Uz/apc2NBS4CAXXDeDOF5kjAKBggqhkjOPQQD
AgNHADBEAiALNvibHIscwsEmHxiUmJauzgoTydc5iv8dDzvcIzrWWgIgBvAOUsDy
7ExR3YOaYKpgHfslFgZ3V8UDjWytpX5xOXA=
-----END CERTIFICATE-----
`;

/** For the server host: 127.0.0.1 and localhost. */
export const server: TestCredentials = {
  ca,
  cert: `-----BEGIN CERTIFICATE-----
MIIB5DCCAYmgAwIBAgIUV2cWn6godCmuPH45BwP9H9W3pQ0wCgYIKoZIzj0EAwIw
JDEQMA4GA1UECgwHd2lyZWxhYjEQMA4GA1UEAwwHdGVzdCBDQTAgFw0yMDAxMDEw
MDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowKDEQMA4GA1UECgwHd2lyZWxhYjEUMBIG
A1UEAwwLc2VydmVyLWhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQpxvn3
y1uFrCs0HtAox4cnDTeu+e7OW0eQJcOId7aJd3Ib4poYdwyBVr+nIbgGr3b3HWj1
/sRJjxpxrzYVF7SPo4GSMIGPMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgeA
MBMGA1UdJQQMMAoGCCsGAQUFBwMBMBoGA1UdEQQTMBGHBH8AAAGCCWxvY2FsaG9z
dDAdBgNVHQ4EFgQUXE228vcONTZ0S6dKaUPCN+WNUEAwHwYDVR0jBBgwFoAUiouK
rD+FL0Y3de61FdGRp+2LYnkwCgYIKoZIzj0EAwIDSQAwRgIhAMn/eMogyQQLIkMu
Q9/1fI67/IEfYlprOT7Rlj1BXnTxAiEArFZvZMv5dB3Wgdg/SnD/xUfzIKdHbfvz
Jsedv9wCyaY=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZ+RZRsviF0Vw3R+K
c4Hqbj9/XIBNLpLP5jPE5FDX/7ShRANCAAQpxvn3y1uFrCs0HtAox4cnDTeu+e7O
W0eQJcOId7aJd3Ib4poYdwyBVr+nIbgGr3b3HWj1/sRJjxpxrzYVF7SP
-----END PRIVATE KEY-----
`,
};

/** Replaces the server's certificate. Its common name differs: renewed-host. */
export const renewedServer: TestCredentials = {
  ca,
  cert: `-----BEGIN CERTIFICATE-----
MIIB5DCCAYqgAwIBAgIUBdQPxoviDSWQ7xz7n7585bK77qQwCgYIKoZIzj0EAwIw
JDEQMA4GA1UECgwHd2lyZWxhYjEQMA4GA1UEAwwHdGVzdCBDQTAgFw0yMDAxMDEw
MDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowKTEQMA4GA1UECgwHd2lyZWxhYjEVMBMG
A1UEAwwMcmVuZXdlZC1ob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsYOX
FGMZNt3SfbaWDyEj+1yUOHj0LXY+yfqjnR4qXTQ9JMdpCvbEXwVs0G68aTEu2AK3
U5ujjfUGXPffz6cUJaOBkjCBjzAMBgNVHRMBAf8EAjAAMA4GA1UdDwEB/wQEAwIH
gDATBgNVHSUEDDAKBggrBgEFBQcDATAaBgNVHREEEzARhwR/AAABgglsb2NhbGhv
c3QwHQYDVR0OBBYEFH3nAliy1c59sX4dOY6vrN/IHegCMB8GA1UdIwQYMBaAFIqL
iqw/hS9GN3XutRXRkafti2J5MAoGCCqGSM49BAMCA0gAMEUCIQCo7tHWeWAd34tW
xReTtP22JiKnvexDFu6sT7QXd7aq2AIgUVV11UKsWuoQD8fqMSq2twgDsu5+i7uL
C9vxQ9Yelzk=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgpJyVXG4KIDK/D9W6
KlBEuWeXR/Vj/rNyxAN8MqLeBF2hRANCAASxg5cUYxk23dJ9tpYPISP7XJQ4ePQt
dj7J+qOdHipdND0kx2kK9sRfBWzQbrxpMS7YArdTm6ON9QZc99/PpxQl
-----END PRIVATE KEY-----
`,
};

/** For the server host; expired since 2020-01-02. */
export const expiredServer: TestCredentials = {
  ca,
  cert: `-----BEGIN CERTIFICATE-----
MIIB4TCCAYegAwIBAgIUc3lgSluZH+bzaaAhyimpPiIXuwEwCgYIKoZIzj0EAwIw
JDEQMA4GA1UECgwHd2lyZWxhYjEQMA4GA1UEAwwHdGVzdCBDQTAeFw0yMDAxMDEw
MDAwMDBaFw0yMDAxMDIwMDAwMDBaMCgxEDAOBgNVBAoMB3dpcmVsYWIxFDASBgNV
BAMMC3NlcnZlci1ob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEUWu2e9sf
IcnQUh8OXXFhbhjthrUK4wLUF8V4dtt8zIHwdNBTxLVWpnD9XOsNInIBK8ZnBTZX
g4DPzuOSqSuLDKOBkjCBjzAMBgNVHRMBAf8EAjAAMA4GA1UdDwEB/wQEAwIHgDAT
BgNVHSUEDDAKBggrBgEFBQcDATAaBgNVHREEEzARhwR/AAABgglsb2NhbGhvc3Qw
HQYDVR0OBBYEFJ/qr23EvFxyKE6ieOjphBgrf4clMB8GA1UdIwQYMBaAFIqLiqw/
hS9GN3XutRXRkafti2J5MAoGCCqGSM49BAMCA0gAMEUCIHGHqmng7+NRSTRevg2T
4mkVfWFFPBSC9zxFbDlzNUTeAiEA4DPGyC0l5Wc+kI/6nvQ5h/GVMJMMy5/W7wEA
wiuhjJs=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgIaf4AyhzdQpZrpPM
VhOJuH+CHoyk94w+4PsLq0zTuDqhRANCAARRa7Z72x8hydBSHw5dcWFuGO2GtQrj
AtQXxXh223zMgfB00FPEtVamcP1c6w0icgErxmcFNleDgM/O45KpK4sM
-----END PRIVATE KEY-----
`,
};

/** For another host, 192.0.2.1. */
export const otherServer: TestCredentials = {
  ca,
  cert: `-----BEGIN CERTIFICATE-----
MIIB4zCCAYmgAwIBAgIUcif51dxPLljIaqppN+f7GnZ73+EwCgYIKoZIzj0EAwIw
JDEQMA4GA1UECgwHd2lyZWxhYjEQMA4GA1UEAwwHdGVzdCBDQTAgFw0yMDAxMDEw
MDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowJzEQMA4GA1UECgwHd2lyZWxhYjETMBEG
A1UEAwwKb3RoZXItaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHvBEBE6
jZVnFqcqhwBQo5K9uoujri7lH466G6ybcbnSwEbYC7vfFMYmHEAm70yk5z05GRpY
WQhQCOx7plsi++2jgZMwgZAwDAYDVR0TAQH/BAIwADAOBgNVHQ8BAf8EBAMCB4Aw
EwYDVR0lBAwwCgYIKwYBBQUHAwEwGwYDVR0RBBQwEocEwAACAYIKb3RoZXItaG9z
dDAdBgNVHQ4EFgQUTbrodpjKUfz1JeXU/zTPTBc58UIwHwYDVR0jBBgwFoAUiouK
rD+FL0Y3de61FdGRp+2LYnkwCgYIKoZIzj0EAwIDSAAwRQIgE13rIvk2Io0mB4sP
bVzvByGPpay0b3oOtbdCGO06cUoCIQCD5qI86XEQk35EutnzdkpbQv6DyJE3Pij0
teUEPElYYw==
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQggL1u3px9TsjIx31x
pFQVo3YyRERxB+ESqlG6kxmPaUChRANCAAR7wRAROo2VZxanKocAUKOSvbqLo64u
5R+Ouhusm3G50sBG2Au73xTGJhxAJu9MpOc9ORkaWFkIUAjse6ZbIvvt
-----END PRIVATE KEY-----
`,
};

/** For the server host, self-signed. */
export const selfSignedServer: TestCredentials = {
  ca,
  cert: `-----BEGIN CERTIFICATE-----
MIIBwzCCAWqgAwIBAgIUYhVcOUSjJKnDdyavwPs+FdVzQ10wCgYIKoZIzj0EAwIw
KDEQMA4GA1UECgwHd2lyZWxhYjEUMBIGA1UEAwwLc2VydmVyLWhvc3QwIBcNMjAw
MTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMCgxEDAOBgNVBAoMB3dpcmVsYWIx
FDASBgNVBAMMC3NlcnZlci1ob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
JBtzQwBDSPVwon2P0eiYXw8ktr299jRXHpPuYC5U8e1mSzT3SMa9g8B0xS2oObYP
n/r1Xwxuoyu4OJrFy8psuqNwMG4wDAYDVR0TAQH/BAIwADAOBgNVHQ8BAf8EBAMC
B4AwEwYDVR0lBAwwCgYIKwYBBQUHAwEwGgYDVR0RBBMwEYcEfwAAAYIJbG9jYWxo
b3N0MB0GA1UdDgQWBBQ37iHtQAp5DRwRWOt/Iu4K9S3gvjAKBggqhkjOPQQDAgNH
ADBEAiA7gfI43NYMyZesex0UGO1NHKAxbJEGFgC+tnGYSxDM7gIgTEyw9D2IgTbS
LKNUI88/Y84m5psiOYqhWLEaLHDKtHw=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgNgz/mqm+kbDKhCHi
+36QYjjeuuO7vhiKFxLL1zdvvNuhRANCAAQkG3NDAENI9XCifY/R6JhfDyS2vb32
NFcek+5gLlTx7WZLNPdIxr2DwHTFLag5tg+f+vVfDG6jK7g4msXLymy6
-----END PRIVATE KEY-----
`,
};

/** For the server host, in a lab with the other CA. */
export const foreignServer: TestCredentials = {
  ca: foreignCa,
  cert: `-----BEGIN CERTIFICATE-----
MIIB5TCCAYugAwIBAgITJKXtPodcWRpSCZt19kdw215RLzAKBggqhkjOPQQDAjAn
MRAwDgYDVQQKDAd3aXJlbGFiMRMwEQYDVQQDDApmb3JlaWduIENBMCAXDTIwMDEw
MTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAoMRAwDgYDVQQKDAd3aXJlbGFiMRQw
EgYDVQQDDAtzZXJ2ZXItaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIDa
PeLNYFcixdAHsVSW3A8q04MQo4MptoGSUv9DJV6AwglQX8xr9UFbE4V1hzUZObtN
NOfAe6oo2uBXPejCogajgZIwgY8wDAYDVR0TAQH/BAIwADAOBgNVHQ8BAf8EBAMC
B4AwEwYDVR0lBAwwCgYIKwYBBQUHAwEwGgYDVR0RBBMwEYcEfwAAAYIJbG9jYWxo
b3N0MB0GA1UdDgQWBBQyCGGpubf/v8QPoLwUrZ9YkbadIjAfBgNVHSMEGDAWgBTP
rh1Uz/apc2NBS4CAXXDeDOF5kjAKBggqhkjOPQQDAgNIADBFAiAcQtgdLlGJpI0K
P6mZmOaG7qWY82Gw61aP6yUuGDO8JAIhALC/HCQUNXgSIJ6vrblqS58KVltphP5M
GUC2KbG07yxi
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgyhbdtS30o9y1MDua
GVq/5aH/7g8oXozwj+pUFotek2KhRANCAASA2j3izWBXIsXQB7FUltwPKtODEKOD
KbaBklL/QyVegMIJUF/Ma/VBWxOFdYc1GTm7TTTnwHuqKNrgVz3owqIG
-----END PRIVATE KEY-----
`,
};

/** For the client. */
export const client: TestCredentials = {
  ca,
  cert: `-----BEGIN CERTIFICATE-----
MIIB2jCCAYCgAwIBAgIUGKD2awHotrUkODhDK98dejLsFPQwCgYIKoZIzj0EAwIw
JDEQMA4GA1UECgwHd2lyZWxhYjEQMA4GA1UEAwwHdGVzdCBDQTAgFw0yMDAxMDEw
MDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowIzEQMA4GA1UECgwHd2lyZWxhYjEPMA0G
A1UEAwwGY2xpZW50MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/EogYMyWgln7
CMtI1dF1FUeGKSkeETCVExhj7CD/7VPXT0ZuRhMHmWPPwuksSWmSSGfGqiQuQrgB
bWG/Sxxf46OBjjCBizAMBgNVHRMBAf8EAjAAMA4GA1UdDwEB/wQEAwIHgDATBgNV
HSUEDDAKBggrBgEFBQcDAjAWBgNVHREEDzANggtjbGllbnQtaG9zdDAdBgNVHQ4E
FgQU48WSP9lFONEExKJItpSPD/lyaLYwHwYDVR0jBBgwFoAUiouKrD+FL0Y3de61
FdGRp+2LYnkwCgYIKoZIzj0EAwIDSAAwRQIhAJ5V3KhWgalgkDUlXJb+FiFFMpIU
9wLrXnT1YG4j0O3LAiAGFQyAsDdG9q3kOvIId6ouyso8i6ZpgS5lj2LqQcijAQ==
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4sNvxEDISS2XWlVC
lD7bX81JxD/sGQpvwXO+KrSTlnyhRANCAAT8SiBgzJaCWfsIy0jV0XUVR4YpKR4R
MJUTGGPsIP/tU9dPRm5GEweZY8/C6SxJaZJIZ8aqJC5CuAFtYb9LHF/j
-----END PRIVATE KEY-----
`,
};

/** For the client, in a lab with the other CA. */
export const foreignClient: TestCredentials = {
  ca: foreignCa,
  cert: `-----BEGIN CERTIFICATE-----
MIIB3TCCAYOgAwIBAgIUVsKhhkvUVvRZQNeDmZlr31W+Z2QwCgYIKoZIzj0EAwIw
JzEQMA4GA1UECgwHd2lyZWxhYjETMBEGA1UEAwwKZm9yZWlnbiBDQTAgFw0yMDAx
MDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowIzEQMA4GA1UECgwHd2lyZWxhYjEP
MA0GA1UEAwwGY2xpZW50MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5Dq1kWTi
GOkZtjKpucAmnRa1SjOggGeXu6v3/HmQ9oWbMB6u3no8RGs7Py81xMrCqkfbU8eS
IvYtzpkvNxoZaaOBjjCBizAMBgNVHRMBAf8EAjAAMA4GA1UdDwEB/wQEAwIHgDAT
BgNVHSUEDDAKBggrBgEFBQcDAjAWBgNVHREEDzANggtjbGllbnQtaG9zdDAdBgNV
HQ4EFgQUUBt8XkuXbnjuToE6qfgQTyVXN4cwHwYDVR0jBBgwFoAUz64dVM/2qXNj
QUuAgF1w3gzheZIwCgYIKoZIzj0EAwIDSAAwRQIhAJZLawce5iqI7q9p1+fs3Ixk
+QerbMaXfiV904yCjDBWAiADRubg40Ahtrg4hVLP0mOHxJmZPRb35BPhN3Nal2K5
NQ==
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgDpuyGD0vyvDGu+78
eBmWoPmHhvng2Jle/XsnGE8Sj/6hRANCAATkOrWRZOIY6Rm2Mqm5wCadFrVKM6CA
Z5e7q/f8eZD2hZswHq7eejxEazs/LzXEysKqR9tTx5Ii9i3OmS83Ghlp
-----END PRIVATE KEY-----
`,
};

/** Writes certificates to the files that a program reads. */
export async function writeCredentials(folder: string, { ca, cert, key }: TestCredentials): Promise<void> {
  const files = { 'ca.pem': ca, 'certificate.pem': cert, 'key.pem': key };
  await Promise.all(Object.entries(files).map(([name, pem]) => writeFile(join(folder, name), pem)));
}

/** TLS of a server, with a folder of its own. Its events and its log lines are kept. */
export async function openTestTls(
  settings: Partial<TlsConfig> = {},
  { credentials = server, handshakeMs }: { credentials?: TestCredentials; handshakeMs?: number } = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'wirelab-'));
  await writeCredentials(folder, credentials);
  const notes: Record<string, unknown>[] = [];
  const noted = Promise.withResolvers<Record<string, unknown>>();
  const said: string[] = [];
  const say = (level: string) => (text: string) => said.push(`${level}: ${text}`);
  const tls: Tls = await openTls(
    {
      LAB_TLS_MIN: '1.3',
      LAB_MTLS: false,
      LAB_TLS_KEYLOG: false,
      TLS_CERTIFICATES: folder,
      TLS_KEYS: join(folder, 'tls.keys'),
      ...settings,
    },
    {
      log: { info: say('info'), warn: say('warn'), error: say('error') } as unknown as Log,
      note: async (event, detail) => {
        notes.push({ event, ...detail });
        noted.resolve(notes[0]!);
      },
      patienceMs: 0,
      ...(handshakeMs !== undefined && { handshakeMs }),
    },
  );
  return {
    tls,
    folder,
    notes,
    /** Resolves with the first event. */
    noted: noted.promise,
    said,
    close() {
      tls.close();
      return rm(folder, { recursive: true });
    },
  };
}

export type TestTls = Awaited<ReturnType<typeof openTestTls>>;
