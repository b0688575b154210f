package dev.lora4j.cli.console;

import java.io.PrintStream;
import java.io.Writer;

/** A print stream as a writer, with the stream's own encoding. */
public final class PrintStreamWriter extends Writer {
  private final PrintStream stream;

  public PrintStreamWriter(PrintStream stream) {
    this.stream = stream;
  }

  @Override
  public void write(char[] text, int offset, int length) {
    stream.print(String.valueOf(text, offset, length));
  }

  @Override
  public void flush() {
    stream.flush();
  }

  /** Leaves the stream open: it is the process's. */
  @Override
  public void close() {
    flush();
  }
}
