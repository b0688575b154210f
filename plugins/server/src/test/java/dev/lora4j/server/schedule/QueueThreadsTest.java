package dev.lora4j.server.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class QueueThreadsTest {
  private static final int CLIENTS = 8;
  private static final int WORKERS = 4;
  private static final int EACH = 2_000;

  @Test
  void everyEntryIsTakenOnceOrCancelled() throws Exception {
    FairQueue<Integer> queue =
        new FairQueue<>(new QueueLimits(CLIENTS * EACH, EACH, 4, Map.of("t1", 2.0)));
    Set<Integer> taken = ConcurrentHashMap.newKeySet();
    Set<Integer> cancelled = ConcurrentHashMap.newKeySet();
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS + WORKERS);
    try {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        workers.add(threads.submit(() -> work(queue, taken)));
      }
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int client = i;
        clients.add(threads.submit(() -> request(client, queue, cancelled)));
      }
      for (Future<?> client : clients) {
        client.get();
      }
      queue.seal();
      for (Future<?> worker : workers) {
        worker.get();
      }
    } finally {
      threads.shutdownNow();
      assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
    }
    assertEquals(0, queue.size());
    assertEquals(Map.of(), queue.waiting());
    assertEquals(CLIENTS * EACH, taken.size() + cancelled.size());
    assertTrue(taken.stream().noneMatch(cancelled::contains), "none is both");
  }

  private static Void work(FairQueue<Integer> queue, Set<Integer> taken)
      throws InterruptedException {
    BatchRule<Integer> parity = (batch, other) -> batch.get(0) % 2 == other % 2;
    while (true) {
      List<QueueTicket<Integer>> batch = queue.take(5, parity);
      if (batch.isEmpty()) {
        return null;
      }
      List<Integer> items = batch.stream().map(QueueTicket::item).toList();
      List<QueueTicket<Integer>> all = new ArrayList<>(batch);
      all.addAll(queue.join(items, 2, parity));
      for (QueueTicket<Integer> ticket : all) {
        assertEquals(items.get(0) % 2, ticket.item() % 2);
        assertTrue(taken.add(ticket.item()), "taken twice");
        queue.charge(ticket.key(), 3);
      }
    }
  }

  private static void request(int client, FairQueue<Integer> queue, Set<Integer> cancelled) {
    SplittableRandom random = new SplittableRandom(client);
    for (int i = 0; i < EACH; i++) {
      int item = client * EACH + i;
      QueueKey key = new QueueKey("t" + client, "a" + random.nextInt(5));
      QueueTicket<Integer> ticket = queue.offer(key, random.nextInt(20), item);
      if (random.nextInt(4) == 0 && ticket.cancel()) {
        cancelled.add(item);
      }
    }
  }

  @Test
  void closeEndsWaitingWorkers() throws Exception {
    FairQueue<String> queue = new FairQueue<>(QueueLimits.DEFAULT);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<List<QueueTicket<String>>> first =
          threads.submit(() -> queue.take(1, BatchRule.alone()));
      Future<List<QueueTicket<String>>> second =
          threads.submit(() -> queue.take(1, BatchRule.alone()));
      queue.close();
      assertEquals(List.of(), first.get());
      assertEquals(List.of(), second.get());
    } finally {
      threads.shutdownNow();
    }
  }
}
