package dev.lora4j.bench.server;

import dev.lora4j.bench.Contender;
import dev.lora4j.cli.console.Failure;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Requests that clients ask of a server as fast as it answers; a unit is a number of them. The
 * server and its clients are another's to close.
 */
final class Burst implements Contender {
  /** Texts may end a little earlier; if many do, another one is measured. */
  private static final double WHOLE = 0.98;

  private final String name;
  private final Clients clients;
  private final int size;
  private final IntFunction<ServerRequest> requests;
  private final int compared;
  private Supplier<OptionalLong> memory = OptionalLong::empty;
  private int next;

  /**
   * A burst.
   *
   * @param size requests of a unit
   * @param requests by their numbers, which go on from unit to unit
   * @param compared how many answers are compared with those of others
   */
  Burst(String name, Clients clients, int size, IntFunction<ServerRequest> requests, int compared) {
    this.name = name;
    this.clients = clients;
    this.size = size;
    this.requests = requests;
    this.compared = compared;
  }

  @Override
  public String name() {
    return name;
  }

  /** The numbers of the first answers one after the other. */
  @Override
  public double[] check() {
    List<ServerRequest> first = IntStream.range(0, compared).mapToObj(requests).toList();
    return clients.ask(first).stream()
        .flatMapToDouble(answer -> Arrays.stream(answer.numbers()))
        .toArray();
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, this::unit);
  }

  private void unit() {
    List<ServerRequest> all = IntStream.range(next, next + size).mapToObj(requests).toList();
    next += size;
    List<ServerAnswer> answers = clients.ask(all);
    if (answers.get(0).body().contains("\"choices\"")) {
      int tokens = answers.stream().mapToInt(ServerAnswer::tokens).sum();
      if (tokens < WHOLE * size * ServedKind.TOKENS) {
        throw new Failure(
            name
                + " ended its texts early: "
                + tokens
                + " tokens of "
                + size * ServedKind.TOKENS
                + "; requests per second would mean nothing.");
      }
    }
  }

  @Override
  public OptionalLong peakMemory() {
    return memory.get();
  }

  /** The same work, with the peak memory of a server that does nothing else. */
  Burst of(ServerProcess server) {
    Burst same = new Burst(name, clients, size, requests, compared);
    same.memory = server::peakMemory;
    return same;
  }

  @Override
  public void close() {}
}
