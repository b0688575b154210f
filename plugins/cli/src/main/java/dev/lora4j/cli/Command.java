package dev.lora4j.cli;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import java.util.List;
import java.util.Map;

/**
 * A command of the {@code lora4j} program, an extension point: a class annotated with picocli's
 * {@code @Command} and with {@link dev.lora4j.spi.Extension} under the same name.
 *
 * <p>Only the requested command is made; the list of commands comes from the index, so a command
 * has this one name and no aliases. Its options are others than those of every command: {@code -h},
 * {@code --help}, {@code -V}, {@code --version}, {@code --debug}, {@code --plugins}.
 */
public interface Command {
  /**
   * Does the work. Results go to {@link Console#out}, everything else to the console's other
   * methods.
   *
   * @return the exit code: 0, or 1 if the work was done and found something wrong
   * @throws Failure if one or two sentences tell the user what to do
   */
  int run(Console console);

  /**
   * Headings in the help of this command, in order, each with the long names of its options without
   * dashes. Of the other options, those of names that the commands of the program share stand under
   * the program's headings, and the rest under {@code Options}.
   */
  default Map<String, List<String>> sections() {
    return Map.of();
  }
}
