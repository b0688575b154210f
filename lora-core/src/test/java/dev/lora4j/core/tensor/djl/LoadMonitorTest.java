package dev.lora4j.core.tensor.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadMonitorTest {
  private static final int ROUNDS = 300;

  @TempDir private Path root;

  /**
   * What was computed in a second that begins at 0 ticks, of 100.
   *
   * @param own ticks of this process
   * @param busy of each processor, for anybody
   */
  private ProcessorTimes use(int own, int... busy) throws IOException {
    return beside(0, own, busy);
  }

  /**
   * The same beside programs of a lower priority.
   *
   * @param low ticks of each processor for these
   */
  private ProcessorTimes beside(int low, int own, int... busy) throws IOException {
    Files.createDirectories(root.resolve("proc/self"));
    StringBuilder stat = new StringBuilder("cpu  1 2 3 4 5 6 7 8 9 10\n");
    for (int i = 0; i < busy.length; i++) {
      int idle = 100 - busy[i] - low;
      stat.append("cpu" + i + " " + busy[i] + " " + low + " 0 " + idle + " 0 0 0 0 0 0\n");
    }
    Files.writeString(root.resolve("proc/stat"), stat + "intr 1 2 3\n");
    Files.writeString(
        root.resolve("proc/self/stat"),
        "12 (a (strange) name) S 1 1 1 0 -1 4194304 1 0 0 0 " + own + " 0 0 0 20 0 9\n");
    Files.writeString(
        root.resolve("proc/self/status"), "Cpus_allowed_list:\t0-" + (busy.length - 1) + "\n");
    return ProcessorTimes.now(root).orElseThrow();
  }

  private static final ProcessorTimes NONE =
      new ProcessorTimes(
          Map.of(
              0, new ProcessorTimes.Ticks(0, 0),
              1, new ProcessorTimes.Ticks(0, 0),
              2, new ProcessorTimes.Ticks(0, 0),
              3, new ProcessorTimes.Ticks(0, 0)),
          0);

  @Test
  void loadOfOthersExcludesThisProcess() throws IOException {
    assertEquals(1.0, use(90, 100, 90).others(NONE), 1e-9);
    assertEquals(0.0, use(200, 100, 100).others(NONE), 1e-9);
    assertEquals(0.0, use(0, 0, 0).others(NONE), 1e-9);
    assertEquals(2.5, use(50, 100, 100, 50, 50).others(NONE), 1e-9);
    assertEquals(0.0, NONE.others(NONE), "no time went by");
    assertEquals(0.9, use(90, 100, 90).own(NONE), 1e-9);
  }

  /** In a session of their own they do not give way. */
  @Test
  void programsOfALowerPriorityCount() throws IOException {
    assertEquals(1.0, beside(50, 0, 0, 0).others(NONE), 1e-9);
    assertEquals(1.2, beside(50, 30, 50, 0).others(NONE), 1e-9);
  }

  @Test
  void processorsOfOthersAloneDoNotCount() throws IOException {
    use(0, 10, 100);
    Files.writeString(root.resolve("proc/self/status"), "Cpus_allowed_list:\t0\n");
    assertEquals(0.1, ProcessorTimes.now(root).orElseThrow().others(NONE), 1e-9);
  }

  @Test
  void loadIsUnknownOnOtherSystems() throws IOException {
    assertEquals(Optional.empty(), ProcessorTimes.now(root.resolve("nowhere")));
    use(0, 0, 0);
    Files.writeString(root.resolve("proc/self/stat"), "12 (java) S 1\n");
    assertEquals(Optional.empty(), ProcessorTimes.now(root));
  }

  @Test
  void userWaitPolicyOverridesTheMonitor() {
    assertTrue(LoadMonitor.wanted(Map.of("OMP_NUM_THREADS", "2")));
    assertFalse(LoadMonitor.wanted(Map.of("OMP_WAIT_POLICY", "ACTIVE")));
    assertFalse(LoadMonitor.wanted(Map.of("GOMP_SPINCOUNT", "1000")));
  }

  private static OpenMpTeam team(Engine engine) {
    return OpenMpTeam.of(engine.nativeFolder()).orElseThrow();
  }

  @Test
  void helpersSleepWhileOthersWantTheirProcessors() throws IOException {
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.threads(2))) {
      LoadMonitor watch = new LoadMonitor(team(engine));
      watch(watch, false, use(190, 100, 100), "a tenth of a processor");
      watch(watch, false, use(150, 100, 100), "half of one, but for a moment");
      watch(watch, false, use(190, 100, 100), "again a tenth");
      watch(watch, false, use(150, 100, 100), "a moment again");
      watch(watch, false, use(0, 100, 100), "others alone are at work");
      watch(watch, false, use(150, 100, 100), "once after that");
      watch(watch, true, use(150, 100, 100), "twice in a row");
      watch(watch, true, use(170, 100, 100), "does not change for a little");
      watch(watch, true, use(0, 0, 0), "nor where nothing is done");
      watch(watch, false, use(190, 100, 100), "others are done");
      watch(watch, false, use(100, 100, 100, 100, 0), "two processors are not ours");
      watch(watch, false, use(100, 100, 100, 100, 0), "two processors are not ours");
      watch(watch, false, use(100, 100, 100, 100, 60), "others want more than those");
      watch(watch, true, use(100, 100, 100, 100, 60), "others want more than those");
      watch.adapt(use(190, 100, 100), NONE, 2);
    }
  }

  private static void watch(LoadMonitor watch, boolean crowded, ProcessorTimes use, String what) {
    watch.adapt(use, NONE, 2);
    assertEquals(crowded, watch.crowded(), what);
  }

  /** How often the threads that compute went to sleep. */
  private static long sleeps() throws IOException {
    long sleeps = 0;
    try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
      for (Path thread : threads.toList()) {
        String name = Files.readString(thread.resolve("comm"));
        if (name.matches("(?s)lora4j-\\d+\\s*")) {
          for (String line : Files.readAllLines(thread.resolve("status"))) {
            if (line.startsWith("voluntary_ctxt_switches:")) {
              sleeps += Long.parseLong(line.replaceAll("\\D", ""));
            }
          }
        }
      }
    }
    return sleeps;
  }

  /** A program of many operators, each of which both threads take part in. */
  private static Program chain(Scope scope) {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(512, 512));
    Expr y = x;
    for (int i = 0; i < ROUNDS; i++) {
      y = y.sigmoid();
    }
    return graph.inference(scope, List.of(y));
  }

  @Test
  void sleepingHelpersComputeTheSameBits() throws IOException {
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.threads(2));
        Scope scope = engine.scope("sleeping")) {
      OpenMpTeam team = team(engine);
      Program chain = chain(scope);
      float[] values = new float[512 * 512];
      for (int i = 0; i < values.length; i++) {
        values[i] = i * 1e-5f;
      }
      List<Tensor> inputs = List.of(Tensor.of(scope, Shape.of(512, 512), values));
      float[] awake = chain.run(scope, inputs).get(0).floats();
      team.sleeping(true, 2);
      chain.run(scope, inputs);
      long before = sleeps();
      float[] asleep = chain.run(scope, inputs).get(0).floats();
      long slept = sleeps() - before;
      team.sleeping(false, 2);
      assertArrayEquals(awake, asleep);
      assertTrue(slept > ROUNDS / 4, "slept " + slept + " times");
    }
  }
}
