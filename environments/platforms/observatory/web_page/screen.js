// What a terminal shows: cells with colours, a cursor, and the control sequences that programs of ours write.
const COLOURS = ['#0f0c29', '#ff4757', '#00ff88', '#ffd700', '#70a1ff', '#ff6b9d', '#00d4ff', '#ffffff'];
const BRIGHT = ['#666699', '#ff6b81', '#7bed9f', '#ffda79', '#a4c3ff', '#ff85a2', '#70d9ff', '#ffffff'];
const PLAIN = { colour: null, background: null, bold: false };
// a sequence that has not come whole yet is kept for the next text
const UNFINISHED = /\x1b(?:[[(\]][^\x40-\x7e\x07]*)?$/;
const PIECES = /\x1b\[([?>]?)([\d;]*)([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b[=>78DEHM]|[\s\S]/gu;

export class Screen {
  constructor(element, columns, rows) {
    this.element = element;
    this.kept = '';
    this.style = PLAIN;
    this.row = this.column = 0;
    this.cells = [];
    this.resize(columns, rows);
  }

  resize(columns, rows) {
    this.columns = columns;
    this.rows = rows;
    this.cells = Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) => this.cells[row]?.[column] ?? this.blank()));
    this.move(this.row, this.column);
    this.draw();
  }

  write(text) {
    text = this.kept + text;
    this.kept = (UNFINISHED.exec(text) ?? [''])[0];
    for (const [piece, mark, numbers, kind] of text.slice(0, text.length - this.kept.length).matchAll(PIECES)) {
      if (kind !== undefined) {
        if (!mark) this.control(kind, numbers.split(';').map(Number));
      } else if (!piece.startsWith('\x1b')) {
        this.put(piece);
      }
    }
    this.draw();
  }

  put(character) {
    if (character === '\r') this.column = 0;
    else if (character === '\n') this.down();
    else if (character === '\b') this.column = Math.max(0, this.column - 1);
    else if (character === '\t') this.column = Math.min(this.columns - 1, (Math.floor(this.column / 8) + 1) * 8);
    else if (character >= ' ') {
      if (this.column >= this.columns) {
        this.column = 0;
        this.down();
      }
      this.cells[this.row][this.column++] = { character, ...this.style };
    }
  }

  down() {
    if (this.row < this.rows - 1) this.row++;
    else this.cells = [...this.cells.slice(1), Array.from({ length: this.columns }, () => this.blank())];
  }

  control(kind, numbers) {
    const first = numbers[0] || 1;
    if (kind === 'H' || kind === 'f') this.move(first - 1, (numbers[1] || 1) - 1);
    else if (kind === 'A') this.move(this.row - first, this.column);
    else if (kind === 'B') this.move(this.row + first, this.column);
    else if (kind === 'C') this.move(this.row, this.column + first);
    else if (kind === 'D') this.move(this.row, this.column - first);
    else if (kind === 'G') this.move(this.row, first - 1);
    else if (kind === 'd') this.move(first - 1, this.column);
    else if (kind === 'J' || kind === 'K') this.erase(kind, numbers[0]);
    else if (kind === 'm') this.paint(numbers);
  }

  erase(kind, how) {
    const here = this.row * this.columns + this.column;
    const [begin, end] = kind === 'J' ? [0, this.rows * this.columns] : [this.row * this.columns, (this.row + 1) * this.columns];
    for (let at = how === 0 ? here : begin; at < (how === 1 ? here + 1 : end); at++) {
      this.cells[Math.floor(at / this.columns)][at % this.columns] = this.blank();
    }
  }

  paint(numbers) {
    for (let at = 0; at < numbers.length; at++) {
      const number = numbers[at];
      const place = number === 38 ? 'colour' : 'background';
      if (number === 0) this.style = PLAIN;
      else if (number === 1) this.style = { ...this.style, bold: true };
      else if (number === 22) this.style = { ...this.style, bold: false };
      else if (number >= 30 && number <= 37) this.style = { ...this.style, colour: COLOURS[number - 30] };
      else if (number >= 90 && number <= 97) this.style = { ...this.style, colour: BRIGHT[number - 90] };
      else if (number === 39) this.style = { ...this.style, colour: null };
      else if (number >= 40 && number <= 47) this.style = { ...this.style, background: COLOURS[number - 40] };
      else if (number === 49) this.style = { ...this.style, background: null };
      else if ((number === 38 || number === 48) && numbers[at + 1] === 2) {
        this.style = { ...this.style, [place]: `rgb(${numbers.slice(at + 2, at + 5).join(',')})` };
        at += 4;
      } else if ((number === 38 || number === 48) && numbers[at + 1] === 5) {
        const chosen = numbers[at + 2];
        this.style = { ...this.style, [place]: chosen < 8 ? COLOURS[chosen] : chosen < 16 ? BRIGHT[chosen - 8] : '#ffffff' };
        at += 2;
      }
    }
  }

  move(row, column) {
    this.row = Math.min(Math.max(row, 0), this.rows - 1);
    this.column = Math.min(Math.max(column, 0), this.columns - 1);
  }

  blank() {
    return { character: ' ', ...PLAIN };
  }

  draw() {
    this.element.replaceChildren(...this.cells.map((cells, row) => {
      const line = document.createElement('div');
      line.className = 'row';
      for (let begin = 0, end; begin < cells.length; begin = end) {
        const cursor = row === this.row && begin === this.column;
        end = begin + 1;
        while (!cursor && end < cells.length && !(row === this.row && end === this.column) && same(cells[begin], cells[end])) end++;
        const part = document.createElement('span');
        part.textContent = cells.slice(begin, end).map((cell) => cell.character).join('');
        if (cells[begin].colour) part.style.color = cells[begin].colour;
        if (cells[begin].background) part.style.background = cells[begin].background;
        if (cells[begin].bold) part.style.fontWeight = 'bold';
        if (cursor) part.className = 'cursor';
        line.append(part);
      }
      return line;
    }));
  }
}

function same(one, other) {
  return one.colour === other.colour && one.background === other.background && one.bold === other.bold;
}
