package dev.lora4j.bench;

import dev.lora4j.cli.console.Progress;
import dev.lora4j.core.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Measures ours and its peers in turns, so that whatever slows the machine down meets all of them.
 *
 * <p>First each computes what is to be compared; if the numbers differ, there is no race. Then each
 * warms up; with one round and a minute or more for the comparison, that was the round already. In
 * a round each does the work as often as fits its share of the time, one after the other, and the
 * next round begins with another. The time of a round is the median of its units, and a ratio is
 * formed within a round; the result is the median over the rounds. The first few milliseconds of
 * each turn are not counted: caches are another's then, and threads asleep.
 */
public final class Race implements AutoCloseable {
  private static final int WARM_UP_UNITS = 3;
  private static final double WARM_UP_SECONDS = 1;
  private static final double SETTLING_SECONDS = 0.02;

  /** A unit so long is hardly touched by how it begins. */
  private static final double LONG_UNIT_SECONDS = 0.1;

  /** Whoever computed so long for the comparison needs no more than one unit to be warm. */
  private static final double LONG_CHECK_SECONDS = 3;

  private static final int MOST_UNITS = 10_000;
  private static final double MIB = 1 << 20;

  /** A peer and the target of its ratio. */
  private record Peer(Contender contender, Target target) {}

  private final Bench bench;
  private final Contender ours;
  private final List<Peer> peers = new ArrayList<>();

  /**
   * Whoever computed so long is warm by that. Where one round is wanted it is a unit, too: what
   * else is done for the comparison takes no time beside it.
   */
  private double enough = 60;

  Race(Bench bench, Contender ours) {
    this.bench = bench;
    this.ours = ours;
  }

  /** Adds a peer; it is closed with the race. */
  public Race against(Contender peer, Target target) {
    peers.add(new Peer(peer, target));
    return this;
  }

  /** Adds a peer if there is one. */
  public Race against(Optional<? extends Contender> peer, Target target) {
    peer.ifPresent(p -> against(p, target));
    return this;
  }

  /** Another time than a minute for a comparison that needs no unit after it. */
  Race enough(double seconds) {
    enough = seconds;
    return this;
  }

  /**
   * Runs it.
   *
   * @param dtype the type that all compute in
   * @param tolerance how far what they compute may differ, as a share of the greatest number
   * @param work the least that a unit needs; empty if no floor of that kind means anything
   * @return a result for each peer, in milliseconds
   */
  public List<Result> run(DType dtype, double tolerance, Optional<Work> work) {
    List<Contender> all = new ArrayList<>(List.of(ours));
    peers.forEach(p -> all.add(p.contender));
    double[][] seconds = measure(all, compare(all, tolerance));
    double oursMedian = Spread.median(seconds[0]);
    List<Detail> floor = work.map(w -> bench.ceilings().floor(w, oursMedian)).orElse(List.of());
    List<Result> results = new ArrayList<>();
    for (int p = 0; p < peers.size(); p++) {
      double[] theirs = seconds[p + 1];
      double[] ratios = new double[theirs.length];
      for (int round = 0; round < ratios.length; round++) {
        ratios[round] = seconds[0][round] / theirs[round];
      }
      List<Detail> details = new ArrayList<>(floor);
      memory(peers.get(p).contender).ifPresent(details::add);
      results.add(
          new Result(
              bench.name(),
              oursMedian * 1e3,
              Spread.median(theirs) * 1e3,
              peers.get(p).contender.name(),
              Spread.of(ratios),
              "ms",
              dtype,
              peers.get(p).target,
              details));
    }
    return results;
  }

  private Optional<Detail> memory(Contender peer) {
    OptionalLong mine = ours.peakMemory();
    OptionalLong theirs = peer.peakMemory();
    if (mine.isEmpty() || theirs.isEmpty()) {
      return Optional.empty();
    }
    double share = (double) mine.getAsLong() / theirs.getAsLong();
    return Optional.of(
        new Detail(
            "memory_ratio",
            share,
            String.format(
                Locale.ROOT,
                "peak memory %.0f MiB of ours, %.0f MiB of theirs, %.2f",
                mine.getAsLong() / MIB,
                theirs.getAsLong() / MIB,
                share)));
  }

  /** The seconds that each took to compute what is compared. */
  private double[] compare(List<Contender> all, double tolerance) {
    double[] seconds = new double[all.size()];
    double[] expected = {};
    for (int i = 0; i < seconds.length; i++) {
      Contender contender = all.get(i);
      long began = System.nanoTime();
      double[] values = contender.check();
      seconds[i] = (System.nanoTime() - began) / 1e9;
      if (i == 0) {
        expected = values;
      } else {
        Agreement.require(bench.name(), expected, values, contender.name(), tolerance);
      }
    }
    return seconds;
  }

  /** The median of each contender's units in each round. */
  private double[][] measure(List<Contender> all, double... checked) {
    double[][] medians = new double[all.size()][bench.rounds()];
    double share = bench.seconds() / bench.rounds() / all.size();
    try (Progress progress = bench.progress("round")) {
      double[] unit = new double[all.size()];
      for (int i = 0; i < unit.length; i++) {
        unit[i] = warmUp(all.get(i), checked[i]);
      }
      for (int round = 0; round < bench.rounds(); round++) {
        bench.lookAround();
        for (int turn = 0; turn < unit.length; turn++) {
          int i = (turn + round) % unit.length;
          if (bench.rounds() == 1 && checked[i] > enough) {
            medians[i][round] = checked[i];
            continue;
          }
          if (unit[i] < LONG_UNIT_SECONDS) {
            all.get(i).run(times(SETTLING_SECONDS, unit[i]));
          }
          medians[i][round] = Spread.median(all.get(i).run(times(share, unit[i])));
        }
        double ratio = unit.length < 2 ? Double.NaN : medians[0][round] / medians[1][round];
        progress.done(round + 1, Double.isNaN(ratio) ? "" : ratioText(ratio));
      }
    }
    return medians;
  }

  private String ratioText(double ratio) {
    return String.format(Locale.ROOT, "%.2f of %s", ratio, peers.get(0).contender.name());
  }

  /**
   * Seconds of a unit, when the contender is warm.
   *
   * @param checked seconds that it took for the comparison
   */
  private double warmUp(Contender contender, double checked) {
    if (checked > enough) {
      return checked;
    }
    if (checked > LONG_CHECK_SECONDS) {
      return contender.run(1)[0];
    }
    double[] seconds = contender.run(WARM_UP_UNITS);
    double last = seconds[seconds.length - 1];
    return Spread.median(contender.run(times(WARM_UP_SECONDS, last)));
  }

  /** Number of units that fit into {@code seconds}, rounded; at least one. */
  private static int times(double seconds, double unit) {
    long fitting = Math.round(seconds / Math.max(unit, 1e-9));
    return (int) Math.max(1, Math.min(MOST_UNITS, fitting));
  }

  @Override
  public void close() {
    peers.forEach(p -> p.contender.close());
    ours.close();
  }
}
