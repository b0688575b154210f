package dev.lora4j.cli;

/**
 * A command of the {@code lora4j} program: a class annotated with picocli's {@code @Command},
 * listed in {@code META-INF/services/dev.lora4j.cli.Command}, so that any jar on the class path can
 * add one.
 *
 * <p>All commands are made on every start, also for {@code --help}: constructors and fields must
 * not touch the engine.
 */
public interface Command {
  /**
   * Does the work. Results go to {@link Console#out}, everything else to the console's other
   * methods.
   *
   * @return the exit code: 0, or 1 if the work was done and found something wrong
   * @throws Failure if the user can be told in one or two sentences what to do
   */
  int run(Console console);
}
