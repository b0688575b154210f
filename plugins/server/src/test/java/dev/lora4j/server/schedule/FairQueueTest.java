package dev.lora4j.server.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  private static final QueueLimits WIDE = new QueueLimits(100_000, 100_000, 3, Map.of());
  private static final double MOST = 50;

  private static QueueKey of(String tenant) {
    return new QueueKey(tenant, "ink");
  }

  private static String next(FairQueue<String> queue) {
    List<QueueTicket<String>> taken = queue.poll(1, BatchRule.alone());
    assertEquals(1, taken.size());
    return taken.get(0).item();
  }

  @Test
  void heavyTenantGetsNoMoreThanLight() {
    FairQueue<String> queue = new FairQueue<>(WIDE);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 10_000; i++) {
      queue.offer(of("heavy"), random.nextDouble(1, MOST), "heavy");
      if (i % 100 == 0) {
        queue.offer(of("light"), random.nextDouble(1, MOST), "light");
      }
    }
    Map<String, Double> served = new HashMap<>(Map.of("heavy", 0.0, "light", 0.0));
    int rounds = 0;
    while (queue.waiting().containsKey(of("light"))) {
      QueueTicket<String> taken = queue.poll(1, BatchRule.alone()).get(0);
      served.merge(taken.item(), taken.cost(), Double::sum);
      assertTrue(Math.abs(served.get("heavy") - served.get("light")) <= MOST, served::toString);
      rounds++;
    }
    assertTrue(rounds > 150, "both were served, not the light one alone: " + rounds);
  }

  @Test
  void tokensCountAsTheyAreServed() {
    FairQueue<String> queue = new FairQueue<>(WIDE);
    SplittableRandom random = new SplittableRandom(2);
    Map<String, Double> served = new HashMap<>(Map.of("short", 0.0, "long", 0.0));
    for (int i = 0; i < 3_000; i++) {
      queue.offer(of("short"), 1, "short");
      queue.offer(of("long"), 1, "long");
    }
    for (int i = 0; i < 2_000; i++) {
      QueueTicket<String> taken = queue.poll(1, BatchRule.alone()).get(0);
      int tokens = taken.item().equals("long") ? random.nextInt(40) : random.nextInt(4);
      for (int t = 0; t < tokens; t++) {
        queue.charge(taken.key(), 1);
      }
      served.merge(taken.item(), 1.0 + tokens, Double::sum);
      assertTrue(Math.abs(served.get("short") - served.get("long")) <= 41, served::toString);
    }
  }

  @Test
  void weightsDivideTheService() {
    FairQueue<String> queue = new FairQueue<>(WIDE.withWeights(Map.of("gold", 3.0)));
    for (int i = 0; i < 400; i++) {
      queue.offer(of("gold"), 1, "gold");
      queue.offer(of("tin"), 1, "tin");
    }
    int gold = 0;
    for (int i = 0; i < 400; i++) {
      gold += next(queue).equals("gold") ? 1 : 0;
    }
    assertEquals(300, gold, 3);
  }

  @Test
  void idleTenantSavesNothingUp() {
    FairQueue<String> queue = new FairQueue<>(WIDE);
    for (int i = 0; i < 1_000; i++) {
      queue.offer(of("busy"), 1, "busy");
    }
    for (int i = 0; i < 500; i++) {
      next(queue);
    }
    for (int i = 0; i < 100; i++) {
      queue.offer(of("idle"), 1, "idle");
    }
    int idle = 0;
    for (int i = 0; i < 100; i++) {
      idle += next(queue).equals("idle") ? 1 : 0;
    }
    assertEquals(50, idle, 1);
  }

  @Test
  void returningTenantKeepsItsDebt() {
    FairQueue<String> queue = new FairQueue<>(WIDE);
    queue.offer(of("poor"), 1, "poor");
    queue.offer(of("poor"), 1, "poor");
    queue.offer(of("rich"), 100, "rich");
    next(queue);
    assertEquals("rich", next(queue));
    queue.offer(of("rich"), 1, "rich");
    assertEquals("poor", next(queue), "rich came back with the 100 that it had");
  }

  @Test
  void adaptersOfTenantAreServedEvenly() {
    FairQueue<String> queue = new FairQueue<>(WIDE);
    for (int i = 0; i < 100; i++) {
      queue.offer(new QueueKey("a", "ink"), 1, "ink");
    }
    queue.offer(new QueueKey("a", "glow"), 1, "glow 1");
    queue.offer(new QueueKey("a", "glow"), 1, "glow 2");
    List<String> order = List.of(next(queue), next(queue), next(queue), next(queue));
    assertEquals(List.of("ink", "glow 1", "ink", "glow 2"), order);
  }

  @Test
  void batchHasFittingEntriesInTurn() {
    FairQueue<String> queue = new FairQueue<>(WIDE);
    queue.offer(of("a"), 1, "512 a");
    queue.offer(of("a"), 1, "768 a");
    queue.offer(of("b"), 1, "512 b");
    queue.offer(of("c"), 1, "512 c");
    BatchRule<String> size = (batch, other) -> batch.get(0).startsWith(other.substring(0, 3));
    assertEquals(List.of("512 a", "512 b"), items(queue.poll(2, size)));
    assertEquals(List.of("512 c"), items(queue.poll(2, size)));
    assertEquals(List.of("768 a"), items(queue.poll(2, size)));
  }

  private static List<String> items(List<QueueTicket<String>> tickets) {
    return tickets.stream().map(QueueTicket::item).toList();
  }

  @Test
  void entryThatFitsNoBatchIsNotStarved() {
    FairQueue<String> queue = new FairQueue<>(WIDE);
    BatchRule<String> same = (batch, other) -> batch.get(0).equals(other);
    for (int i = 0; i < 100; i++) {
      queue.offer(of("a"), 1, "usual");
    }
    queue.offer(of("b"), 1, "odd");
    assertEquals("usual", next(queue));
    int joined = 0;
    while (!queue.join(List.of("usual"), 1, same).isEmpty()) {
      joined++;
    }
    assertEquals(WIDE.overtakes(), joined, "the batch comes to its end");
    assertEquals("odd", next(queue));
    assertEquals(1, queue.join(List.of("usual"), 1, same).size());
  }

  @Test
  void cancelledEntryIsGone() {
    FairQueue<String> queue = new FairQueue<>(WIDE);
    QueueTicket<String> first = queue.offer(of("a"), 1, "first");
    QueueTicket<String> middle = queue.offer(of("a"), 1, "middle");
    queue.offer(of("a"), 1, "last");
    assertTrue(middle.cancel());
    assertFalse(middle.cancel(), "once is enough");
    assertEquals(Map.of(of("a"), 2), queue.waiting());
    assertEquals("first", next(queue));
    assertFalse(first.cancel(), "it is at work");
    assertTrue(first.cancelled(), "and its worker can see that");
    assertEquals("last", next(queue));
    assertEquals(0, queue.size());
  }

  @Test
  void countersOfTheIdleAreForgotten() {
    VirtualCounters<Integer> counters = new VirtualCounters<>();
    for (int i = 0; i < 20_000; i++) {
      counters.enter(i);
      counters.charge(i, 1);
      counters.leave(i);
    }
    assertTrue(counters.size() < 2_000, "counters of the idle: " + counters.size());
  }

  @Test
  void costBelowZeroIsRefused() {
    FairQueue<String> queue = new FairQueue<>(WIDE);
    assertThrows(IllegalArgumentException.class, () -> queue.offer(of("a"), -1, "x"));
    assertThrows(IllegalArgumentException.class, () -> queue.charge(of("a"), Double.NaN));
  }
}
