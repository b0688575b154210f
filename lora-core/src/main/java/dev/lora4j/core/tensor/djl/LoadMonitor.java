package dev.lora4j.core.tensor.djl;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Monitor of the processors' load: twice a second, for as long as the process lives, it checks
 * whether other programs want the processors, and then lets OpenMP's helpers sleep while they wait.
 * An operator's threads wait for each other a thousand times in a step. One that waits awake takes
 * the processor from the one that it waits for, as soon as there are fewer processors than all
 * programs want; one that sleeps has to be woken, which takes longer than a small operator where
 * nobody else wants the processor. The number of threads stays, and with it each bit of what is
 * computed.
 */
final class LoadMonitor {
  /** Number of processors that others may use without harm, while helpers stay awake. */
  private static final double BUSY = 0.4;

  /** The number while helpers sleep. */
  private static final double QUIET = 0.2;

  /**
   * Consecutive observations required, so that a brief load or the end of another's work does not
   * count.
   */
  private static final int TIMES = 2;

  /** Least number of processors that this process uses while it computes. */
  private static final double AT_WORK = 0.2;

  private static final long PAUSE_MILLIS = 500;

  /** Environment variables by which the user decides how OpenMP's threads wait. */
  private static final List<String> DECIDED = List.of("OMP_WAIT_POLICY", "GOMP_SPINCOUNT");

  private static boolean begun;
  private static volatile int threads = 1;

  private final OpenMpTeam team;
  private boolean crowded;
  private int inARow;

  LoadMonitor(OpenMpTeam team) {
    this.team = team;
  }

  /**
   * Starts the monitor, once in a process.
   *
   * @param libtorch the folder that it was loaded from
   * @param inside threads inside one operator, from now on
   */
  static synchronized void begin(Path libtorch, int inside) {
    threads = inside;
    if (begun || inside < 2 || !wanted(System.getenv())) {
      return;
    }
    begun = true;
    Optional<OpenMpTeam> team = OpenMpTeam.of(libtorch);
    Optional<ProcessorTimes> first = ProcessorTimes.now(Path.of("/"));
    if (team.isPresent() && first.isPresent()) {
      LoadMonitor watch = new LoadMonitor(team.get());
      Thread looking = new Thread(() -> watch.look(first.get()), "lora4j-watch");
      looking.setDaemon(true);
      looking.start();
    }
  }

  /** Returns true if the user leaves the decision to this program. */
  static boolean wanted(Map<String, String> environment) {
    return DECIDED.stream().noneMatch(environment::containsKey);
  }

  private void look(ProcessorTimes first) {
    ProcessorTimes before = first;
    while (true) {
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
      Optional<ProcessorTimes> now = ProcessorTimes.now(Path.of("/"));
      if (now.isEmpty()) {
        return;
      }
      try {
        adapt(now.get(), before, threads);
      } catch (UnsatisfiedLinkError e) {
        return; // a library without control over helpers; they wait as it has them
      }
      before = now.get();
    }
  }

  /** Lets helpers sleep, or stay awake, by the load between two moments. */
  void adapt(ProcessorTimes now, ProcessorTimes before, int inside) {
    if (now.own(before) < AT_WORK) {
      // Other programs' work while this process idles says nothing about its load.
      inARow = 0;
      return;
    }
    int unused = Math.max(0, now.processors().size() - inside);
    double wanted = now.others(before) - unused;
    inARow = wanted >= BUSY ? inARow + 1 : 0;
    crowded = crowded ? wanted >= QUIET : inARow >= TIMES;
    team.sleeping(crowded, inside);
  }

  /** Returns true if helpers sleep. */
  boolean crowded() {
    return crowded;
  }
}
