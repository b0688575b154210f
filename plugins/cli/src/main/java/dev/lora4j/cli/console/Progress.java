package dev.lora4j.cli.console;

/** Shows how far something has come. */
public interface Progress extends AutoCloseable {
  /**
   * Reports that so many steps are done.
   *
   * @param detail what else is worth knowing, for example the loss; may be empty
   */
  void done(long steps, String detail);

  @Override
  void close();
}
