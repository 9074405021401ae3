/** Binary and ASCII tables, by column or as a stream of rows, in bounded memory. */
import { type Cell, readAsciiCell, readBinaryCell } from "./cell.ts";
import { FitsError } from "./errors.ts";
import type { Hdu } from "./hdu.ts";
import { MAX_READ, type Range, readExactly, readGroups } from "./ranges.ts";
import { type BinaryColumn, type Column, parseColumns } from "./table-column.ts";
import { bytesOf } from "./tform.ts";

/** Bytes of memory an element of a cell takes, about. */
const ELEMENT_COST = 16;

export interface RowsOptions {
  /** Columns wanted, by name or index from 0; all where absent. */
  columns?: readonly (string | number)[];
  /** First row, from 0, and how many; all where absent. */
  first?: number;
  count?: number;
  signal?: AbortSignal;
}

/** Rows that follow each other; `rows[i][j]` is the cell of row `first + i` in the j-th column asked for. */
export interface TableRows {
  readonly first: number;
  readonly rows: readonly (readonly Cell[])[];
}

/** An array in the heap. */
interface HeapCell extends Range {
  readonly row: number;
  readonly column: number;
  readonly count: number;
}

export class Table {
  readonly columns: readonly Column[];
  /** NAXIS2; 0 where rows have no bytes. */
  readonly rowCount: number;
  readonly #hdu: Hdu;
  readonly #rowLength: number;

  /** Reads nothing but the header. Throws UNSUPPORTED for an HDU that is no table, or a compressed one. */
  constructor(hdu: Hdu) {
    if (hdu.kind !== "bintable" && hdu.kind !== "table") {
      throw new FitsError("UNSUPPORTED", `HDU ${hdu.index} (${hdu.kind}) is no table`, { hdu: hdu.index });
    }
    this.#hdu = hdu;
    this.columns = parseColumns(hdu.header, hdu.kind === "bintable" ? "binary" : "ascii");
    this.#rowLength = hdu.header.requireInteger("NAXIS1");
    this.rowCount = this.#rowLength === 0 ? 0 : hdu.header.requireInteger("NAXIS2");
  }

  /** By name (case does not matter) or index from 0; BAD_VALUE where there is none. */
  column(which: string | number): Column {
    const found =
      typeof which === "number"
        ? this.columns[which]
        : (this.columns.find(({ name }) => name === which) ??
          this.columns.find(({ name }) => name.toUpperCase() === which.toUpperCase()));
    if (found) return found;
    throw new FitsError("BAD_VALUE", `the table has no column ${which}`, { hdu: this.#hdu.index });
  }

  /** All cells of one column. */
  async cells(which: string | number, options: Omit<RowsOptions, "columns"> = {}): Promise<Cell[]> {
    const cells: Cell[] = [];
    for await (const { rows } of this.rows({ ...options, columns: [which] })) {
      for (const row of rows) cells.push(row[0]!);
    }
    return cells;
  }

  /** One column of scalar numbers; NaN where undefined. BAD_VALUE where a cell is neither. */
  async numbers(which: string | number, options: Omit<RowsOptions, "columns"> = {}): Promise<Float64Array> {
    const cells = await this.cells(which, options);
    return Float64Array.from(cells, (cell) => {
      if (cell === null) return Number.NaN;
      if (typeof cell === "number" || typeof cell === "bigint") return Number(cell);
      throw new FitsError("BAD_VALUE", `column ${which} does not hold numbers`, { hdu: this.#hdu.index });
    });
  }

  /** Streams rows in batches of about a megabyte of table. */
  async *rows(options: RowsOptions = {}): AsyncGenerator<TableRows> {
    const columns = options.columns?.map((which) => this.column(which)) ?? this.columns;
    const first = options.first ?? 0;
    const end = Math.min(first + (options.count ?? Number.POSITIVE_INFINITY), this.rowCount);
    if (!Number.isInteger(first) || first < 0) throw new FitsError("BAD_VALUE", `row ${first} is no row`);
    const batch = Math.max(1, Math.floor(MAX_READ / 4 / Math.max(1, this.#rowLength)));
    for (let row = first; row < end; row += batch) {
      yield await this.#readRows(columns, row, Math.min(batch, end - row), options.signal);
    }
  }

  async #readRows(
    columns: readonly Column[],
    first: number,
    count: number,
    signal: AbortSignal | undefined,
  ): Promise<TableRows> {
    const offset = this.#hdu.dataOffset + first * this.#rowLength;
    const bytes = await readExactly(this.#hdu.source, offset, count * this.#rowLength, signal);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const rows: Cell[][] = [];
    const inHeap: HeapCell[] = [];
    let elementsInHeap = 0;
    for (let row = 0; row < count; row++) {
      const start = row * this.#rowLength;
      rows.push(
        columns.map((column, position) => {
          const at = start + column.offset;
          if (column.kind === "ascii") return readAsciiCell(column, view, at);
          const { repeat } = column.format;
          if (repeat !== undefined) return readBinaryCell(column, view, at, repeat);
          const cell = this.#heapCell(column, view, at, row, position);
          if (cell.count > 0) inHeap.push(cell);
          // Rows may share bytes of the heap, so its size is no bound.
          elementsInHeap += cell.count;
          if (elementsInHeap > this.#hdu.runtime.maxBytes / ELEMENT_COST) throw this.#tooLarge(first + row);
          return column.format.type === "A" ? "" : [];
        }),
      );
    }
    for await (const { group, bytes: heap } of readGroups(this.#hdu.source, inHeap, signal)) {
      const heapView = new DataView(heap.buffer, heap.byteOffset, heap.byteLength);
      for (const { row, column, offset: start, count: elements } of group.ranges) {
        const definition = columns[column] as BinaryColumn;
        rows[row]![column] = readBinaryCell(definition, heapView, start - group.offset, elements);
      }
    }
    return { first, rows };
  }

  #tooLarge(row: number): FitsError {
    const message = `arrays around row ${row} take more than ${this.#hdu.runtime.maxBytes} bytes`;
    return new FitsError("TOO_LARGE", message, { hdu: this.#hdu.index });
  }

  /** §7.3.5: where the array of a row stands; CORRUPT where it is outside the heap. */
  #heapCell(column: BinaryColumn, view: DataView, at: number, row: number, position: number): HeapCell {
    const { descriptor, type, width } = column.format;
    const [count, start] =
      width === 0
        ? [0, 0]
        : descriptor === "P"
          ? [view.getInt32(at), view.getInt32(at + 4)]
          : [Number(view.getBigInt64(at)), Number(view.getBigInt64(at + 8))];
    const { header, dataOffset, dataLength, index } = this.#hdu;
    const heap = header.integer("THEAP") ?? this.#rowLength * this.rowCount;
    const offset = dataOffset + heap + start;
    const length = bytesOf(type, count);
    if (count < 0 || start < 0 || heap < 0 || offset + length > dataOffset + dataLength) {
      const message = `array of ${count} elements in column ${column.name} is outside the heap`;
      throw new FitsError("CORRUPT", message, { hdu: index, offset });
    }
    return { row, column: position, offset, length, count };
  }
}
