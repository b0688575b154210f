package dev.lora4j.studio.job;

import dev.lora4j.cli.Interruption;
import dev.lora4j.cli.Main;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ExitCode;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.LockedFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * The program of a job's process: one command line of lora4j, which claims the job's folder while
 * it runs and leaves its exit code there, for a studio that may be another one by then.
 */
public final class JobMain {
  private static final Duration PAUSE = Duration.ofMillis(300);

  /** Words before those of the command line: the job's folder, and the ticket. */
  private static final int OWN = 2;

  private static final int TRIES = 100;
  private static final int WAIT_MILLIS = 100;

  private JobMain() {}

  /** Runs the words after the first two, and ends the process. */
  @SuppressWarnings("try") // The claim is only held.
  public static void main(String[] words) throws IOException {
    TerminalSignals.ignore();
    Interruption interruption = Interruption.ofThisThread();
    int code = ExitCode.FAILED;
    try {
      JobFolder folder = new JobFolder(Path.of(words[0]));
      Optional<LockedFolder> claim = claim(folder);
      if (claim.isPresent()) {
        try (LockedFolder held = claim.get()) {
          code = run(folder, words);
        }
      }
    } finally {
      System.out.flush();
      System.err.flush();
      interruption.finished();
    }
    System.exit(code);
  }

  /** Claims the folder, which a studio may hold for a moment. */
  private static Optional<LockedFolder> claim(JobFolder folder) {
    for (int i = 0; i < TRIES; i++) {
      try {
        return Optional.of(LockedFolder.of(folder.path()));
      } catch (Failure e) {
        if (i == TRIES - 1) {
          System.err.println("lora4j: " + e.getMessage());
        }
      }
      try {
        Thread.sleep(WAIT_MILLIS);
      } catch (InterruptedException e) {
        return Optional.empty(); // it was stopped before it began
      }
    }
    return Optional.empty();
  }

  private static int run(JobFolder folder, String... words) throws IOException {
    JobStatus status = folder.status();
    if (!status.ticket().equals(words[1]) || status.state() != JobState.RUNNING) {
      // A studio that found no process has started another one, or the user has stopped it.
      return ExitCode.INTERRUPTED;
    }
    folder.began(words[1]);
    Console console = Console.of(System.out, System.err, PAUSE);
    int code = Main.run(console, Arrays.copyOfRange(words, OWN, words.length));
    folder.exited(code);
    return code;
  }
}
