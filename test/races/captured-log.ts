/**
 * Keeps what the handlers write in the tests of a file, from the terminal too.
 *
 * @returns begins a new log, and gives its lines
 */
export function captureLog(): () => string[] {
  let log: string[] = [];
  beforeEach(() => {
    jest.spyOn(process.stdout, 'write').mockImplementation(text => {
      log.push(String(text));
      return true;
    });
  });
  afterEach(() => jest.restoreAllMocks());
  return () => log = [];
}
