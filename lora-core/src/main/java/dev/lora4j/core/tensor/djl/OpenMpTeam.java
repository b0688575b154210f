package dev.lora4j.core.tensor.djl;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * The threads that GNU's OpenMP library computes with, and how they wait for each other. That can
 * change while they compute, and changes no bit of what they compute.
 */
final class OpenMpTeam {
  private final Path library;
  private Optional<CountDownLatch> spare = Optional.empty();

  private OpenMpTeam(Path library) {
    this.library = library;
  }

  /**
   * Team of libtorch's threads.
   *
   * @param libtorch the folder that it was loaded from
   * @return empty where it computes with another library, or on another system
   */
  static Optional<OpenMpTeam> of(Path libtorch) {
    try (Stream<Path> files = Files.list(libtorch)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith("libgomp"))
          .findFirst()
          .map(OpenMpTeam::new);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Lets waiting helpers sleep at once, or stay awake for some milliseconds as is the library's
   * default. It has no switch for that, but lets helpers sleep while there are more of them in the
   * process than processors: so a thread that does nothing keeps some of its own.
   *
   * @param threads inside one operator
   * @throws UnsatisfiedLinkError if the library is another than it seems
   */
  synchronized void sleeping(boolean soon, int threads) {
    if (soon == spare.isPresent()) {
      return;
    }
    spare.ifPresent(CountDownLatch::countDown);
    spare = soon ? Optional.of(keep(threads)) : Optional.empty();
  }

  private CountDownLatch keep(int threads) {
    CountDownLatch enough = new CountDownLatch(1);
    NativeLibrary openMp = NativeLibrary.getInstance(library.toString());
    Function parallel = openMp.getFunction("GOMP_parallel");
    int processors = openMp.getFunction("omp_get_num_procs").invokeInt(new Object[0]);
    int all = Math.max(2, processors - threads + 2);
    // Any function that may be called with anything, by several threads, and does nothing.
    Function nothing = NativeLibrary.getInstance("c").getFunction("getpid");
    Thread keeper =
        new Thread(
            () -> {
              parallel.invokeVoid(new Object[] {nothing, Pointer.NULL, all, 0});
              try {
                enough.await();
              } catch (InterruptedException e) {
                // Its helpers end with it.
              }
            },
            "lora4j-spare");
    keeper.setDaemon(true);
    keeper.start();
    return enough;
  }
}
