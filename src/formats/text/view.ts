/** How several bytes of a text are looked at at once. */

/** To ask a DataView for its length takes a call. */
export interface View {
  readonly data: DataView;
  readonly length: number;
}

export const viewOf = ({ buffer, byteOffset, length }: Uint8Array): View => ({
  data: new DataView(buffer, byteOffset, length),
  length,
});
