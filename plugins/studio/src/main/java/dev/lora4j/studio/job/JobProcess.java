package dev.lora4j.studio.job;

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
  private final ProcessHandle handle;
  private final CompletableFuture<Integer> end;

  private JobProcess(ProcessHandle handle, CompletableFuture<Integer> end) {
    this.handle = handle;
    this.end = end;
  }

  /** Starts the job's command line. The process lives on if this one dies. */
  static JobProcess start(JobFolder folder, Path directory, List<String> arguments)
      throws IOException {
    List<String> words = new ArrayList<>(java());
    words.add(JobMain.class.getName());
    words.add(folder.path().toString());
    words.addAll(arguments);
    folder.clearExit();
    Process process =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(nothing()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.out().toFile()))
            .redirectError(ProcessBuilder.Redirect.appendTo(folder.err().toFile()))
            .start();
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

  /** The process that has claimed a job's folder, if there is one. */
  static Optional<JobProcess> running(JobFolder folder) {
    return LockedFolder.owner(folder.path())
        .flatMap(ProcessHandle::of)
        .map(handle -> new JobProcess(handle, handle.onExit().thenApply(ended -> -1)));
  }

  /** Tells an exit code when it has ended; -1 if another program started it. */
  void onExit(IntConsumer told) {
    var unused = end.thenAccept(told::accept);
  }

  /** Asks it to stop and keep what it has. */
  void stop() {
    handle.destroy();
  }

  /** Ends it at once. */
  void kill() {
    handle.destroyForcibly();
  }
}
