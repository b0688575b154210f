package dev.lora4j.diffusion.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.dataset.bucket.Bucket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchesTest {
  private static final int SEED = 3;

  @TempDir Path temporary;

  private List<DataItem> items;

  /** Five squares three times each, and three wide ones. */
  @BeforeEach
  void makeItems() {
    TestFolder squares = new TestFolder(temporary.resolve("squares"));
    TestFolder wide = new TestFolder(temporary.resolve("wide"));
    for (int i = 0; i < 5; i++) {
      squares.picture("s" + i + ".png", 64, 64);
    }
    for (int i = 0; i < 3; i++) {
      wide.picture("w" + i + ".png", 128, 64);
    }
    items =
        TestFolder.surveyed(
                4,
                squares.source().at(squares.path(), 3, "square"),
                wide.source().at(wide.path(), 1, "wide"))
            .usable()
            .items();
  }

  @Test
  void picturesComeAsOftenAsTheirRepeats() {
    Batches batches = Batches.of(items, SEED);
    assertEquals(4 + 1, batches.perEpoch());
    for (int epoch = 0; epoch < 3; epoch++) {
      Map<DataItem, List<Integer>> seen = new HashMap<>();
      for (int i = 0; i < batches.perEpoch(); i++) {
        Batches.Batch batch = batches.batch((long) epoch * batches.perEpoch() + i);
        assertEquals(epoch, batch.epoch());
        batch
            .draws()
            .forEach(d -> seen.computeIfAbsent(d.item(), x -> new ArrayList<>()).add(d.repeat()));
      }
      assertEquals(8, seen.size());
      seen.forEach(
          (item, repeats) ->
              assertEquals(
                  item.repeats() == 3 ? List.of(0, 1, 2) : List.of(0),
                  repeats.stream().sorted().toList()));
    }
  }

  @Test
  void batchHasOneBucketOnlyLastIsSmaller() {
    Batches batches = Batches.of(items, SEED);
    Map<Bucket, List<Integer>> sizes = new HashMap<>();
    for (int i = 0; i < batches.perEpoch(); i++) {
      Batches.Batch batch = batches.batch(i);
      assertTrue(
          batch.draws().stream().allMatch(d -> d.item().fit().bucket().equals(batch.bucket())));
      sizes.computeIfAbsent(batch.bucket(), b -> new ArrayList<>()).add(batch.draws().size());
    }
    assertEquals(List.of(3, 4, 4, 4), sizes.get(new Bucket(64, 64)).stream().sorted().toList());
    assertEquals(2, sizes.size());
  }

  @Test
  void batchDependsOnItsNumberAlone() {
    Batches batches = Batches.of(items, SEED);
    List<Batches.Batch> inOrder = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      inOrder.add(batches.batch(i));
    }
    Batches again = Batches.of(items, SEED);
    for (int i : new int[] {17, 3, 11, 12, 0}) {
      assertEquals(inOrder.get(i), again.batch(i));
    }
  }

  @Test
  void epochsAndSeedsDiffer() {
    Batches batches = Batches.of(items, SEED);
    assertNotEquals(order(batches, 0), order(batches, 1));
    assertNotEquals(order(batches, 0), order(Batches.of(items, SEED + 1), 0));
  }

  private static String order(Batches batches, int epoch) {
    StringBuilder order = new StringBuilder();
    for (int i = 0; i < batches.perEpoch(); i++) {
      batches
          .batch((long) epoch * batches.perEpoch() + i)
          .draws()
          .forEach(d -> order.append(d.item().index()).append(' '));
    }
    return order.toString();
  }

  @Test
  void groupsAreNotMixed() {
    TestFolder more = new TestFolder(temporary.resolve("more")).picture("m.png", 64, 64);
    List<DataItem> both =
        DataSet.survey(
                List.of(
                    TestFolder.group(
                        2,
                        dev.lora4j.diffusion.dataset.source.DataSource.of(
                            temporary.resolve("squares"))),
                    TestFolder.group(3, more.source())),
                DataSet.Depth.HEADERS)
            .items();
    Batches batches = Batches.of(both, SEED);
    assertEquals(3 + 1, batches.perEpoch());
    for (int i = 0; i < batches.perEpoch(); i++) {
      assertEquals(
          1, batches.batch(i).draws().stream().map(d -> d.item().group()).distinct().count());
    }
  }

  @Test
  void batchesWithoutPicturesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Batches.of(List.of(), SEED));
  }
}
