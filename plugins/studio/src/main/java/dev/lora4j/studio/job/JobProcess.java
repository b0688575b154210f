package dev.lora4j.studio.job;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.LockedFolder;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/** The process of a job, started by this studio or by one before it. */
final class JobProcess {
  private static final int TRIES = 40;
  private static final int WAIT_MILLIS = 50;

  private final ProcessHandle handle;
  private final CompletableFuture<Integer> end;
  private boolean stopping;

  private JobProcess(ProcessHandle handle, CompletableFuture<Integer> end) {
    this.handle = handle;
    this.end = end;
  }

  /** Starts the job's command line. The process lives on if this one dies. */
  static JobProcess start(JobFolder folder, Path directory, JobStatus status) throws IOException {
    List<String> words = new ArrayList<>(java());
    words.add(JobMain.class.getName());
    words.add(folder.path().toString());
    words.add(status.ticket());
    words.addAll(status.arguments());
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(nothing()))
            .redirectOutput(folder.out().toFile())
            .redirectError(folder.err().toFile());
    AllocatorSettings.apply(builder.environment(), status.arguments());
    Process process = builder.start();
    return new JobProcess(process.toHandle(), process.onExit().thenApply(Process::exitValue));
  }

  /** This Java machine with its options, without those of a debugger. */
  private static List<String> java() {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (!option.startsWith("-agentlib") && !option.startsWith("-Xrunjdwp")) {
        words.add(option);
      }
    }
    words.add("-cp");
    words.add(System.getProperty("java.class.path"));
    return words;
  }

  private static File nothing() {
    boolean windows = System.getProperty("os.name").startsWith("Windows");
    return new File(windows ? "NUL" : "/dev/null");
  }

  /**
   * The process that has claimed a job's folder. If there is none, an action runs while none can
   * claim it, and empty is returned.
   */
  static Optional<JobProcess> runningOr(JobFolder folder, Runnable otherwise) {
    for (int i = 0; i < TRIES; i++) {
      Optional<JobProcess> process = running(folder);
      if (process.isPresent()) {
        return process;
      }
      if (unclaimed(folder, otherwise)) {
        return Optional.empty();
      }
      pause(); // one has just claimed it and not come to say its number
    }
    otherwise.run(); // nobody says that he has it, and it cannot be written
    return Optional.empty();
  }

  private static Optional<JobProcess> running(JobFolder folder) {
    return LockedFolder.owner(folder.path())
        .flatMap(ProcessHandle::of)
        .map(handle -> new JobProcess(handle, handle.onExit().thenApply(ended -> -1)));
  }

  @SuppressWarnings("try") // the claim is only held
  private static boolean unclaimed(JobFolder folder, Runnable action) {
    try (LockedFolder claim = LockedFolder.of(folder.path())) {
      action.run();
      return true;
    } catch (Failure e) {
      return false;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(WAIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Tells an exit code when it has ended; -1 if another program started it. */
  void onExit(IntConsumer told) {
    var unused = end.thenAccept(told::accept);
  }

  /** Asks it once to stop and keep what it has; a second time would end it at once. */
  void stop() {
    if (!stopping) {
      stopping = true;
      handle.destroy();
    }
  }

  /** Ends it at once. */
  void kill() {
    handle.destroyForcibly();
  }
}
