/** A sheet, an answer or what was asked for a sheet is not allowed. A person reads the message. */
export class SheetError extends Error {
  readonly code = 'LAB_SHEET';
}
