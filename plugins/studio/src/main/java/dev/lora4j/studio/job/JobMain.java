package dev.lora4j.studio.job;

import dev.lora4j.cli.Interruption;
import dev.lora4j.cli.Main;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ExitCode;
import dev.lora4j.cli.file.LockedFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/**
 * The program of a job's process: one command line of lora4j, which claims the job's folder while
 * it runs and leaves its exit code there, for a studio that may be another one by then.
 */
public final class JobMain {
  private static final Duration PAUSE = Duration.ofMillis(300);

  private JobMain() {}

  /** Runs the words after the first one, which is the job's folder, and ends the process. */
  public static void main(String[] words) throws IOException {
    Interruption interruption = Interruption.ofThisThread();
    Path folder = Path.of(words[0]);
    int code = ExitCode.FAILED;
    try (LockedFolder claim = LockedFolder.of(folder)) {
      Console console = Console.of(System.out, System.err, PAUSE);
      code = Main.run(console, Arrays.copyOfRange(words, 1, words.length));
      new JobFolder(folder).exited(code);
    } finally {
      System.out.flush();
      System.err.flush();
      interruption.finished();
    }
    System.exit(code);
  }
}
