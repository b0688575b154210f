package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.train.log.RunStart;
import dev.lora4j.core.train.log.TrackedRun;
import dev.lora4j.core.train.log.Tracker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contract of {@link Tracker}. Extend it for yours. */
public abstract class TrackerContract extends ExtensionContract<Tracker> {
  private static final int STEPS = 4;

  @TempDir private Path folder = Path.of("");

  /**
   * Tests a tracker on the class path.
   *
   * @param request its name and settings
   */
  protected TrackerContract(String request) {
    super(Tracker.class, request);
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  private static RunStart start(Path folder, int step) {
    return new RunStart("ink", folder, step, Map.of("optimizer.name", "\"adamw\""));
  }

  private static TrackedRun.Step step(int number) {
    return new TrackedRun.Step(
        number,
        1.0 / number,
        2,
        1e-4,
        OptionalDouble.empty(),
        number,
        Map.of("rewards/margins", 0.5 * number),
        Map.of());
  }

  private static void steps(TrackedRun run, int from, int to) {
    for (int i = from; i <= to; i++) {
      run.step(step(i));
    }
  }

  @Test
  void aRunWithoutStepsIsARun() throws IOException {
    extension().begin(start(folder("empty"), 0)).end(Optional.empty());
  }

  @Test
  void numbersThatAreNotFiniteAreTaken() throws IOException {
    TrackedRun run = extension().begin(start(folder("infinite"), 0));
    run.untrained(Double.NaN);
    double none = Double.NaN;
    double all = Double.POSITIVE_INFINITY;
    run.step(
        new TrackedRun.Step(
            1,
            none,
            all,
            0,
            OptionalDouble.of(none),
            0,
            Map.of("rewards/margins", none),
            Map.of("rewards/margins", all)));
    run.keep();
    run.end(Optional.of("The loss is not finite."));
  }

  @Test
  void runCanBeResumed() throws IOException {
    Path place = folder("resumed");
    TrackedRun first = extension().begin(start(place, 0));
    steps(first, 1, STEPS);
    first.end(Optional.of("stopped"));
    TrackedRun second = extension().begin(start(place, 2));
    steps(second, 3, STEPS);
    second.end(Optional.empty());
  }

  @Test
  void runsAreIndependent() throws IOException {
    // What is written may have the folder's name in it: all are of one length.
    Path alone = folder("first");
    TrackedRun one = extension().begin(start(alone, 0));
    steps(one, 1, STEPS);
    one.end(Optional.empty());
    Path left = folder("inner");
    Path right = folder("outer");
    Tracker tracker = extension();
    List<TrackedRun> both = List.of(tracker.begin(start(left, 0)), tracker.begin(start(right, 0)));
    for (int i = 1; i <= STEPS; i++) {
      for (TrackedRun run : both) {
        run.step(step(i));
      }
    }
    both.forEach(run -> run.end(Optional.empty()));
    assertEquals(sizes(alone), sizes(left));
    assertEquals(sizes(alone), sizes(right));
  }

  /** Sizes of a run's files in its folder; names may have the time in them. */
  private static Map<Long, Long> sizes(Path folder) throws IOException {
    Map<Long, Long> sizes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sizes.merge(Files.size(file), 1L, Long::sum);
      }
    }
    return sizes;
  }
}
