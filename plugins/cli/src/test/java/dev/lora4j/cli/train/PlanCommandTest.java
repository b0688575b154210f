package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlanCommandTest {
  @TempDir private Path folder;

  @BeforeEach
  void pictures() throws IOException {
    Run.pictures(folder.resolve("pictures"));
  }

  private Run plan(Object... more) {
    Object[] words = new Object[more.length + 5];
    words[0] = "plan";
    words[1] = "--images=" + folder.resolve("pictures");
    words[2] = "--out=" + folder.resolve("a.safetensors");
    words[3] = Run.BASE;
    words[4] = "--compute=f32";
    System.arraycopy(more, 0, words, 5, more.length);
    return Run.of(words);
  }

  @Test
  void planListsEveryPictureAndWritesNothing() {
    Run run = plan("--batch=2", "--steps=10", "--rank=4");
    assertEquals(0, run.code(), run.err());
    assertEquals(4, run.out().lines().filter(l -> l.contains("40x32   ->")).count(), run.out());
    assertTrue(run.out().contains("a ball of colour 0"), run.out());
    assertTrue(run.out().contains("10 steps of 2 pictures"), run.out());
    assertTrue(run.out().contains("lora of rank 4"), run.out());
    assertTrue(run.out().contains("a step, so "), run.out());
    assertTrue(run.out().contains("ball-2.png has no caption"), run.out());
    assertFalse(Files.exists(folder.resolve("a.run")));
  }

  @Test
  void jsonHasTheSame() {
    JsonObject plan = plan("--batch=2", "--steps=10", "--json").json();
    assertEquals(4, plan.getAsJsonArray("pictures").size());
    JsonObject picture = plan.getAsJsonArray("pictures").get(0).getAsJsonObject();
    assertTrue(picture.get("width").getAsInt() > 0, picture.toString());
    assertEquals(2, plan.get("batch").getAsInt());
    assertEquals(2, plan.getAsJsonArray("problems").size());
    assertTrue(plan.get("secondsPerStep").getAsDouble() > 0);
    assertTrue(plan.get("memoryBytes").getAsLong() > 1_000_000);
  }

  private long memory(String... more) {
    JsonObject plan = plan(Stream.concat(Stream.of("--json"), Stream.of(more)).toArray()).json();
    return plan.get("memoryBytes").getAsLong();
  }

  @Test
  void planCountsNoMoreWeightsThanTheirMemory() {
    long whole = memory("--set=checkpointing=true");
    long some = memory("--set=checkpointing=true", "--weights-memory=500kB");
    long less = memory("--set=checkpointing=true", "--weights-memory=400kB");
    assertTrue(some < whole, some + " of " + whole);
    assertEquals(100_000, some - less);
    Run kept = plan("--weights-memory=500kB");
    assertTrue(kept.err().contains("set checkpointing = true."), kept.err());
  }

  @Test
  void planShowsPreviewsValidationsAndIntermediateAdapters() {
    String captions = plan("--seed=3").out();
    assertTrue(captions.contains("8 pictures each, by captions of 4 pictures: "), captions);
    assertTrue(captions.contains("a ball of colour 1"), captions);
    assertTrue(captions.contains("previews.prompts = [] makes none"), captions);
    String heldOut = plan("--set=validation.split=0.25").out();
    assertTrue(heldOut.contains("2 pictures each, by captions of 1 held out picture: "), heldOut);
    String prompts = plan("--preview=a fox", "--preview=an owl").out();
    assertTrue(prompts.contains("12 pictures each, by 2 prompts: a fox; an owl"), prompts);
    assertFalse(prompts.contains("makes none"), prompts);
    String none = plan("--set=previews.prompts=[]").out();
    assertTrue(none.contains("no previews on the way"), none);
    assertEquals(4, plan("--json").json().getAsJsonArray("previews").size());
    assertFalse(none.contains("adapters on the way"), none);
    String kept = plan("--batch=2", "--set=save_every_n_epochs=3").out();
    assertTrue(kept.contains("adapters on the way every 6 steps"), kept);
  }

  /** What they begin with, and what is kept of that, has sizes of its own in the estimate. */
  @ParameterizedTest
  @ValueSource(strings = {"kaiming", "gaussian", "orthogonal", "pissa", "loftq", "eva"})
  void everyFactorInitialisationIsPlanned(String init) {
    Run run =
        plan(
            "--rank=2",
            "--set=adapter.init=" + init,
            "--base-precision=int8",
            "--set=adapter.rank_pattern={ \"*attn1*\" = 1 }");
    assertEquals(0, run.code(), run.err());
    assertTrue((run.out() + run.err()).contains(" a step"), run.out());
  }

  @Test
  void oloraIsPlannedForLinearLayersAlone() {
    Run all = plan("--rank=2", "--set=adapter.init=olora");
    assertNotEquals(0, all.code());
    assertTrue(all.err().contains("olora is for linear layers"), all.err());
    Run linear = plan("--rank=2", "--set=adapter.init=olora", "--targets=attention");
    assertEquals(0, linear.code(), linear.err());
    assertTrue(linear.out().contains(" a step"), linear.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--optimizer=prodigy|--set=optimizer.unet_rate=2|asks for 2.0 times the rate",
        "--optimizer=schedule_free_adamw|--set=adapter.max_norm=1|norms cannot be kept small",
        "--optimizer=schedule_free_adamw|--set=optimizer.ema_decay=0.9|averages the weights itself",
        "--method=dora|--set=adapter.max_norm=1|take it away from dora",
        "--set=adapter.init=pissa|--set=adapter.max_norm=1|take one of them away",
        "--method=loha|--set=optimizer.loraplus_lr_ratio=4|No trained weight belongs to the group 'the up",
        "--prediction=epsilon|--set=loss.weighting=cosmap|weighting_scheme",
      })
  void incompatibleSettingsAreRefusedBeforeEncoding(String one, String other, String told) {
    Run run = plan(one, other, "--set=optimizer.rate=1");
    assertEquals(1, run.code(), run.err());
    assertTrue(run.err().contains(told), run.err());
  }

  /** The base is not there, so that nothing of it could be read before. */
  @ParameterizedTest
  @CsvSource({
    "--rank=2,say base_precision too",
    "--base-precision=full,base_precision = full rounds nothing",
    "--base-precision=stored,base_precision = stored rounds nothing"
  })
  void factorsThatMakeUpForNoRoundingAreRefused(String other, String told) {
    Run run =
        Run.of(
            "plan",
            "--images=" + folder,
            "--out=" + folder.resolve("out.safetensors"),
            "--base=" + folder.resolve("no-base"),
            "--set=adapter.init=loftq",
            other);
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains(told), run.err());
  }

  @Test
  void optionsWinOverAFile() throws IOException {
    Path file = folder.resolve("run.toml");
    Files.writeString(file, "preset = \"style\"\nepochs = 3\nbatch = 2\n");
    String steps = plan(file, "--steps=7").out();
    assertTrue(steps.contains("7 steps of 2 pictures"), steps);
    Run run = plan(file, "--preset=character");
    assertTrue(run.out().contains("lora of rank 32"), run.out());
  }

  @Test
  void predictionTypeMayBeSetInTheFile() throws IOException {
    Path file = folder.resolve("run.toml");
    Files.writeString(
        file,
        """
        prediction = "v_prediction"
        [loss]
        scale_v_pred_loss_like_noise_pred = true
        """);
    Run run = plan(file);
    assertEquals(0, run.code(), run.err());
    Run other = plan(file, "--prediction=epsilon");
    assertEquals(1, other.code(), other.err());
    assertTrue(other.err().contains("scale_v_pred_loss_like_noise_pred"), other.err());
  }

  @Test
  void presetDoesNotDependOnTheBasesSpelling() {
    Run run =
        Run.of(
            "plan",
            "--images=" + folder.resolve("pictures"),
            "--out=" + folder.resolve("a.safetensors"),
            "--set=base=" + Run.BASE.replaceFirst("--base=", ""));
    assertTrue(run.out().contains("1500 steps of 4 pictures"), run.out() + run.err());
  }

  @Test
  void warmUpInStepsCountsWithEpochsToo() {
    Run run = plan("--batch=2", "--epochs=10", "--set=lr_warmup_steps=7");
    assertEquals(0, run.code(), run.err());
    assertTrue((run.out() + run.err()).contains("with 7 steps of warm-up"), run.out());
    Run longer = plan("--batch=2", "--epochs=10", "--set=lr_warmup_steps=2000");
    assertEquals(1, longer.code(), longer.err());
    String told = "A warm-up of 2000 steps does not fit into a run of 20.";
    assertTrue(longer.err().contains(told), longer.err());
  }

  @Test
  void layoutWithoutTheMethodIsRefusedBeforeTraining() {
    for (String command : List.of("plan", "train")) {
      Run run =
          Run.of(
              command,
              "--images=" + folder.resolve("pictures"),
              "--out=" + folder.resolve("a.safetensors"),
              Run.BASE,
              "--compute=f32",
              "--steps=2",
              "--method=lokr",
              "--set=layout=diffusers");
      assertEquals(1, run.code(), run.err());
      assertTrue(run.err().contains("diffusers loads LoRA and DoRA alone"), run.err());
      assertFalse(Files.exists(folder.resolve("a.run")), command);
    }
  }

  @Test
  void dataErrorsAreListedTogether() throws IOException {
    Path bad = folder.resolve("pictures/broken.png");
    Files.writeString(bad, "no picture");
    Files.write(folder.resolve("pictures/ball-0.txt"), new byte[] {(byte) 0xff});
    Run run = plan();
    assertEquals(1, run.code());
    assertTrue(run.out().contains("broken.png"), run.out());
    assertTrue(run.out().contains("ball-0.txt is not UTF-8"), run.out());
  }

  @Test
  void triggerMissingInAllCaptionsIsReported() {
    String told = "'zkw' is said to call the adapter (triggers), but is in no caption";
    assertTrue(plan("--set=trigger_words=zkw").out().contains(told));
    assertFalse(plan("--trigger=zkw").out().contains("is in no caption"));
    assertFalse(plan("--set=trigger_words=ball").out().contains("is in no caption"));
  }

  @Test
  void keepBestWithoutValidationIsReported() {
    String told = "validation.keep_best has no effect, as no pictures are held out";
    String best = "--set=validation.keep_best=true";
    assertTrue(plan(best, "--set=validation.split=0.05").out().contains(told));
    assertFalse(plan(best, "--set=validation.split=0.25").out().contains(told));
  }

  @Test
  void truncatedCaptionsAreReportedWithTheNeededChunks() throws IOException {
    Files.writeString(folder.resolve("pictures/ball-0.txt"), "ball ".repeat(60));
    String told = "1 caption is longer than 75 tokens and cut there; caption_chunks = 4 takes all";
    assertTrue(plan().out().contains(told), plan().out());
    String whole = plan("--caption-chunks=4").out();
    assertFalse(whole.contains("and cut there"), whole);
    assertTrue(plan("--set=caption_chunks=2").out().contains("longer than 150 tokens"));
  }

  @Test
  void longestWildcardLineDecidesTruncation() throws IOException {
    Files.writeString(folder.resolve("pictures/ball-0.txt"), "a ball\n" + "ball ".repeat(90));
    assertFalse(plan().out().contains("tokens cut off"));
    assertTrue(plan("--set=data.enable_wildcard=true").out().contains("tokens cut off"));
  }

  @Test
  void masksWithoutEffectAreReported() {
    Run off = plan("--set=data.alpha_mask=true", "--set=masked_loss=false");
    assertTrue(off.out().contains("loss.masked (masked_loss) is false"), off.out());
    Run masks = plan("--set=data.alpha_mask=true");
    assertFalse(masks.out().contains("masked_loss"), masks.out());
    assertTrue(plan("--set=loss.masked=true").out().contains("no picture has a mask"));
    Run both = plan("--set=loss.masked=true", "--set=data.alpha_mask=true");
    assertFalse(both.out().contains("masked_loss"), both.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--optimizer=prodigy|--set=optimizer.rate=1e-4|usually 1; it is 1.0E-4",
        "--optimizer=schedule_free_adamw|--set=schedule.name=cosine|it is meant for constant",
        "--set=validation.keep_best=true|--batch=2|no pictures are held out",
        "--preview=a fox|--steps=1|times as long as the training",
      })
  void doubtfulSettingsAreReported(String one, String other, String told) {
    Run plan = plan(one, other, "--set=save.keep=3");
    assertEquals(0, plan.code(), plan.err());
    assertTrue(plan.out().contains(told), plan.out());
    assertTrue(
        plan(one, other, "--json").json().getAsJsonArray("doubts").toString().contains(told));
    Run usual = plan("--optimizer=prodigy", "--set=optimizer.rate=1", "--json", "--steps=300");
    assertEquals(0, usual.json().getAsJsonArray("doubts").size(), usual.out());
  }

  /** The layers of an encoder behind the one whose output is taken. */
  @Test
  void unreachedEncoderLayersAreLeftOutAndReported() {
    Run all = plan("--targets=text-encoders", "--json");
    Run fewer = plan("--targets=text-encoders", "--set=clip_skip=2", "--json");
    assertEquals(0, fewer.code(), fewer.err());
    int left = all.json().get("layers").getAsInt() - fewer.json().get("layers").getAsInt();
    assertTrue(left > 0, fewer.out());
    assertTrue(fewer.err().contains(left + " layers, for example text_encoder."), fewer.err());
    assertFalse(all.err().contains("are not trained"), all.err());
  }
}
