package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.diffusion.record.PictureRecord;
import dev.lora4j.diffusion.request.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An adapter for few steps is trained, and pictures take its sampler. */
class TrainFewStepsTest {
  @TempDir private Path folder;
  private Path adapter = Path.of("");

  @BeforeEach
  void pictures() throws IOException {
    Run.pictures(folder.resolve("pictures"));
    adapter = folder.resolve("style.safetensors");
  }

  private Run train(Object... more) {
    List<Object> words = new ArrayList<>(List.of("--preset=few-steps", "--targets=attention"));
    words.addAll(List.of(more));
    return new SmallTraining(folder).train(words.toArray());
  }

  private Prompt made(Run run) {
    assertEquals(0, run.code(), run.err());
    return PictureRecord.read(folder.resolve("p.png")).prompt();
  }

  private Run generate(Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "generate",
                "a fox",
                Run.BASE,
                "--compute=f32",
                "--seed=1",
                "--lora=" + adapter,
                "-o",
                folder.resolve("p.png")));
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }

  @Test
  void picturesTakeTheSamplerOfTheAdapterUnlessOptionsSayAnother() {
    Run run = train("--steps=2", "--set=previews.prompts=['a fox']", "--set=previews.steps=2");
    assertEquals(0, run.code(), run.err());
    assertTrue(
        run.err().contains("the base's own pictures in few steps: its solver in 50"), run.err());
    assertTrue(run.err().contains("guidance scales from 6 to 16"), run.err());
    try (Safetensors file = Safetensors.open(adapter)) {
      assertEquals("lcm", file.metadata().get("lora4j_sampler"));
    }
    assertTrue(Files.exists(folder.resolve("style.run/previews/step-000002.png")));

    Run plain = generate();
    Prompt own = made(plain);
    assertEquals("lcm", own.sampler());
    assertEquals(4, own.steps());
    assertEquals(1, own.guidance().orElseThrow());
    assertTrue(plain.err().contains("style is for few steps: sampler lcm, 4 steps"), plain.err());

    Run other = generate("--sampler=tcd", "--steps=3", "--guidance=4");
    Prompt said = made(other);
    assertEquals("tcd", said.sampler());
    assertEquals(3, said.steps());
    assertEquals(4, said.guidance().orElseThrow());
    assertTrue(other.err().contains("--sampler tcd and --guidance 4.0 may not suit"), other.err());

    Run tagged =
        Run.of(
            "generate",
            "a fox <lora:style:1>",
            "--lora-dir=" + folder,
            Run.BASE,
            "--compute=f32",
            "--seed=1",
            "-o",
            folder.resolve("p.png"));
    assertEquals("lcm", made(tagged).sampler());
    Run again =
        Run.of(
            "generate",
            "--from=" + folder.resolve("p.png"),
            Run.BASE,
            "--compute=f32",
            "-o",
            folder.resolve("again.png"));
    assertEquals(0, again.code(), again.err());
    assertTrue(again.out().contains("same"), again.out());
  }

  @Test
  void gridTakesItToo() {
    assertEquals(0, train("--steps=1").code());
    Path grid = folder.resolve("grid");
    Run run =
        Run.of(
            "grid",
            "a fox",
            "--x=seed=1-2",
            Run.BASE,
            "--compute=f32",
            "--lora=" + adapter,
            "-o",
            grid);
    assertEquals(0, run.code(), run.err());
    assertEquals("lcm", PictureRecord.read(grid.resolve("z01-y01-x02.png")).prompt().sampler());
  }

  @Test
  void stoppedRunGoesOnWithTheSameTeacherAlone() throws IOException {
    Run whole = train("--steps=2", "--set=save.keep=5");
    assertEquals(0, whole.code(), whole.err());
    Path last = folder.resolve("style.run/checkpoints/step-000002.safetensors");
    Files.delete(last);
    Files.delete(adapter);
    String other = "--set=few_steps.guidance_max=9";
    Run refused = train("--steps=2", "--set=save.keep=5", "--resume", other);
    assertEquals(1, refused.code(), refused.err());
    assertTrue(refused.err().contains("few steps"), refused.err());
    Run resumed = train("--steps=2", "--set=save.keep=5", "--resume");
    assertEquals(identity(whole), identity(resumed));
  }

  private static String identity(Run run) {
    assertEquals(0, run.code(), run.err());
    return run.out().replaceFirst("(?s).*identity (\\w+).*", "$1");
  }

  @Test
  void planWarnsOfRoundingThatHidesTheDifference() {
    assertTrue(plan("bf16").contains("rounding to BF16 is about as large"), plan("bf16"));
    assertFalse(plan("f32").contains("rounding to BF16"), plan("f32"));
  }

  private String plan(String type) {
    Run run =
        Run.of(
            "plan",
            "--preset=few-steps",
            "--images=" + folder.resolve("pictures"),
            "-o",
            adapter,
            Run.BASE,
            "--compute=" + type);
    assertEquals(0, run.code(), run.err());
    return run.out() + run.err();
  }

  @Test
  void settingsWithoutEffectAreRefusedByName() {
    Run snr = train("--steps=1", "--set=loss.min_snr_gamma=5");
    assertEquals(2, snr.code(), snr.err());
    assertTrue(snr.err().contains("loss.min_snr_gamma has no effect with learn"), snr.err());
    Run steps = new SmallTraining(folder).train("--steps=1", "--set=few_steps.solver_steps=20");
    assertEquals(2, steps.code(), steps.err());
    assertTrue(steps.err().contains("few_steps.solver_steps has an effect with"), steps.err());
    Run range =
        train("--steps=1", "--set=few_steps.guidance_min=9", "--set=few_steps.guidance_max=3");
    assertTrue(range.code() != 0, range.err());
    assertTrue(range.err().contains("found 9.0 to 3.0"), range.err());
    Run text = train("--steps=1", "--set=adapter.text_encoder=true");
    assertTrue(text.code() != 0, text.err());
    assertTrue(text.err().contains("of the denoiser alone"), text.err());
    Run loss = train("--steps=1", "--set=learn=more");
    assertTrue(loss.code() != 0, loss.err());
    assertFalse(Files.exists(adapter));
  }
}
