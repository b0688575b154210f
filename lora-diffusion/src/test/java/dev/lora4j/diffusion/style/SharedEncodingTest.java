package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.AutoDType;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.preference.PairFiles;
import dev.lora4j.diffusion.preference.PairObjective;
import dev.lora4j.diffusion.preference.PairSettings;
import dev.lora4j.diffusion.preference.PicturePairs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of a training that others encode, or nobody before its steps. */
class SharedEncodingTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final int PICTURES = 7;

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  /** Each test has pictures and captions of its own, as the cache outlives a run of the tests. */
  @BeforeEach
  void draw() {
    long unique = System.nanoTime();
    PairFiles files = new PairFiles(folder.resolve("pictures"));
    for (int i = 0; i < PICTURES; i++) {
      int rgb = (int) ((unique * 31 + i * 0x10101L) & 0xffffff);
      files.picture("p" + i + ".png", PairFiles.SIDE, PairFiles.SIDE, rgb);
      files.text("p" + i + ".txt", "thing " + unique + " " + i);
    }
  }

  private StyleTrainer trainer() {
    return StyleTrainer.on(SD)
        .batch(2)
        .captionDropout(0)
        .images(folder.resolve("pictures"))
        .settings(
            StyleSettings.DEFAULT
                .with(StyleTrainer.objective(SD))
                .withRank(2)
                .withSteps(2)
                .withStored(DType.F32));
  }

  /** Number of encoded pictures and captions that are stored. */
  private static long stored() {
    Path cache = ContentCache.ofUser(DType.F32).folder();
    assertTrue(cache.startsWith(AutoDType.home()));
    if (!Files.isDirectory(cache)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(cache)) {
      return files.filter(Files::isRegularFile).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Is told of pictures that are encoded. */
  private record Told(BiConsumer<Integer, Integer> each) implements RunListener {
    @Override
    public void encoding(int done, int all) {
      each.accept(done, all);
    }

    @Override
    public void step(Step done) {}
  }

  @Test
  void partsTogetherLeaveNothingToEncode() {
    long before = stored();
    List<Integer> counts = Stream.of(0, 1, 2).map(part -> trainer().encode(part, 3)).toList();
    assertEquals(List.of(3, 2, 2), counts);
    assertEquals(before + 2 * PICTURES, stored());
    trainer().run();
    assertEquals(before + 2 * PICTURES, stored());
  }

  @Test
  void partEncodesItsOwnPicturesAlone() {
    long before = stored();
    assertEquals(2, trainer().encode(1, 3));
    assertEquals(before + 4, stored());
    assertEquals(2, trainer().encode(1, 3));
    assertEquals(before + 4, stored());
    assertThrows(IllegalArgumentException.class, () -> trainer().encode(3, 3));
  }

  @Test
  void captionsOfEncodersThatAreTrainedAreNot() {
    AdapterRecipe texts =
        AdapterRecipe.DEFAULT.targets(TargetLayers.of(TargetPreset.TEXT_ENCODERS)).rank(2, 2);
    long before = stored();
    StyleTrainer trainer = trainer();
    assertEquals(3, trainer.settings(trainer.settings.with(texts)).encode(0, 3));
    assertEquals(before + 3, stored());
  }

  @Test
  void picturesThatNobodyEncodedAreEncodedWhenTheyAreShown() {
    List<Integer> told = new ArrayList<>();
    RunListener listener = new Told((done, all) -> told.add(done));
    long before = stored();
    TrainedStyle late = trainer().encoding(EncodingSource.WHEN_NEEDED).run(listener);
    // Two steps of two, of seven that all differ.
    assertEquals(before + 8, stored());
    assertEquals(List.of(), told);
    TrainedStyle early = trainer().run(listener);
    assertEquals(before + 4 + PICTURES, stored());
    assertEquals(List.of(1, 2, 3, 4, 5, 6, 7), told);
    assertEquals(early.adapter().identity(), late.adapter().identity());
    assertEquals(early.losses(), late.losses());
  }

  @Test
  void othersAreToldHowManyAndTellTheRun() {
    List<String> told = new ArrayList<>();
    RunListener listener = new Told((done, all) -> told.add(done + " of " + all));
    EncodingSource others =
        (pictures, done) -> {
          done.accept(trainer().encode(0, 2));
          done.accept(pictures);
        };
    trainer().encoding(others).run(listener);
    assertEquals(List.of("4 of 7", "7 of 7"), told);
  }

  @Test
  void othersAreToldThatItIsTimeToStop() {
    RunListener listener = new Told((done, all) -> Thread.currentThread().interrupt());
    List<String> after = new ArrayList<>();
    EncodingSource others =
        (pictures, done) -> {
          done.accept(1);
          after.add("went on");
        };
    StyleTrainer trainer = trainer().encoding(others);
    assertThrows(CancellationException.class, () -> trainer.run(listener));
    assertTrue(Thread.interrupted());
    assertEquals(List.of(), after);
  }

  @Test
  void bothPicturesOfPairsAreEncoded() {
    Path pairs = folder.resolve("pairs");
    long unique = System.nanoTime();
    PairFiles files = new PairFiles(pairs);
    for (int i = 0; i < 3; i++) {
      int rgb = (int) ((unique * 37 + i * 0x10101L) & 0xffffff);
      files.picture("better/p" + i + ".png", PairFiles.SIDE, PairFiles.SIDE, rgb);
      files.picture("worse/p" + i + ".png", PairFiles.SIDE, PairFiles.SIDE, rgb ^ 0xff00ff);
      files.text("better/p" + i + ".txt", "thing " + unique + " " + i);
    }
    PairSettings how = new PairSettings(Bucketing.around(PairFiles.SIDE, 8), 2, 1, 0, 0);
    StyleTrainer trainer = trainer().pairs(PicturePairs.survey(pairs, how), PairObjective.DEFAULT);
    long before = stored();
    assertEquals(4, trainer.encode(0, 2));
    assertEquals(2, trainer.encode(1, 2));
    // The two of a pair have one caption.
    assertEquals(before + 9, stored());
    trainer.run();
    assertEquals(before + 9, stored());
  }
}
