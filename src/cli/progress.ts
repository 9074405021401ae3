/** A progress bar on the terminal; a line every tenth of the way where there is none (a log, a cron mail). */
export class Progress {
  private done = 0;
  private lastTenth = -1;
  private readonly started = Date.now();

  constructor(
    private readonly total: number,
    private readonly label: string,
    private readonly out: NodeJS.WriteStream = process.stderr,
  ) {
    this.draw("");
  }

  /** One more is done; `what` is shown beside the bar. */
  step(what: string): void {
    this.done++;
    this.draw(what);
  }

  /** Says a line that stays, above the bar. */
  say(line: string): void {
    if (this.out.isTTY) this.out.write("\r\x1b[K");
    this.out.write(`${line}\n`);
    if (this.out.isTTY) this.draw("");
  }

  end(): void {
    if (this.out.isTTY) this.out.write("\r\x1b[K");
  }

  private draw(what: string): void {
    const share = this.total === 0 ? 1 : this.done / this.total;
    if (!this.out.isTTY) {
      const tenth = Math.floor(share * 10);
      if (tenth > this.lastTenth && this.done > 0) this.out.write(`${this.label} ${this.done}/${this.total}\n`);
      this.lastTenth = Math.max(tenth, this.lastTenth);
      return;
    }
    const width = 24;
    const filled = Math.round(share * width);
    const seconds = (Date.now() - this.started) / 1000;
    const left = this.done > 0 && share < 1 ? ` ${Math.ceil((seconds / share) * (1 - share))} s left` : "";
    const line = `${this.label} ${"█".repeat(filled)}${"░".repeat(width - filled)} ${this.done}/${this.total}${left}  ${what}`;
    this.out.write(`\r\x1b[K${line.slice(0, Math.max(20, (this.out.columns ?? 80) - 1))}`);
  }
}
