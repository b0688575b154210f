package dev.lora4j.server.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QueueBoundsTest {
  private static final QueueLimits NARROW = new QueueLimits(10, 6, 1, Map.of());

  private final AtomicLong clock = new AtomicLong();
  private final FairQueue<String> queue = new FairQueue<>(NARROW, clock::get);

  private void fill(String tenant, int count) {
    for (int i = 0; i < count; i++) {
      queue.offer(new QueueKey(tenant, ""), 1, "x");
    }
  }

  private void serve(int count, long seconds) {
    for (int i = 0; i < count; i++) {
      clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
      assertEquals(1, queue.poll(1, BatchRule.alone()).size());
    }
  }

  private QueueFullException refusal(String tenant) {
    return assertThrows(QueueFullException.class, () -> fill(tenant, 1));
  }

  @Test
  void fullQueueTellsWhenToReturn() {
    fill("a", 6);
    serve(6, 4);
    fill("a", 5);
    fill("b", 5);
    QueueFullException first = refusal("c");
    assertEquals(4, first.retryAfter());
    assertTrue(first.getMessage().contains("10 requests wait"), first.getMessage());
    assertTrue(first.getMessage().endsWith("Try again in 4 s."), first.getMessage());
    assertEquals(8, refusal("c").retryAfter(), "one is ahead of it");
    serve(1, 4);
    fill("c", 1);
    assertEquals(10, queue.size());
  }

  @Test
  void tenantAtItsLimitIsRefusedAlone() {
    fill("a", 6);
    serve(6, 4);
    fill("a", 6);
    fill("b", 1);
    QueueFullException refused = refusal("a");
    assertEquals(8, refused.retryAfter(), "half of the service is its own");
    assertTrue(refused.getMessage().startsWith("6 requests of yours wait"), refused.getMessage());
    fill("b", 1);
  }

  @Test
  void estimateStaysWithinAMinute() {
    fill("a", 6);
    serve(6, 1000);
    fill("a", 5);
    fill("b", 5);
    assertEquals(60, refusal("c").retryAfter());
  }

  @Test
  void idleTimeDoesNotSlowTheRate() {
    fill("a", 6);
    serve(6, 2);
    clock.addAndGet(TimeUnit.HOURS.toNanos(5));
    fill("a", 5);
    fill("b", 5);
    assertEquals(2, refusal("c").retryAfter());
  }

  @Test
  void sealedQueueFinishesWhatWaits() throws InterruptedException {
    fill("a", 2);
    queue.seal();
    assertThrows(QueueClosedException.class, () -> fill("a", 1));
    assertEquals(2, queue.take(5, BatchRule.any()).size());
    assertEquals(List.of(), queue.take(5, BatchRule.any()));
  }

  @Test
  void abandonedEntriesComeBack() throws InterruptedException {
    fill("a", 2);
    fill("b", 1);
    assertEquals(3, queue.abandon().size());
    assertEquals(0, queue.size());
    assertEquals(List.of(), queue.take(5, BatchRule.any()));
  }
}
