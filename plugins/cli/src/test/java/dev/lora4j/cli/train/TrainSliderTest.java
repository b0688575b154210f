package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A slider is trained by prompts alone, or on pictures. */
class TrainSliderTest {
  private static final String POSITIVE = "--set=slider.positive=a happy face";
  private static final String NEGATIVE = "--set=slider.negative=a sad face";
  @TempDir private Path folder;
  private Path adapter = Path.of("");

  @BeforeEach
  void names() {
    adapter = folder.resolve("style.safetensors");
  }

  private Run run(String command, Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                command,
                "--preset=slider",
                "-o",
                adapter,
                Run.BASE,
                "--compute=f32",
                "--targets=attention",
                "--batch=2",
                "--set=slider.target=a face",
                NEGATIVE));
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }

  private Run train(Object... more) {
    List<Object> words =
        new ArrayList<>(List.of("--set=slider.drawn=2", "--set=save.every=1", "--steps=2"));
    words.addAll(List.of(more));
    return run("train", words.toArray());
  }

  @Test
  void promptsAloneMakeAnAdapterForBothSigns() {
    Run made = train(POSITIVE, "--set=previews.steps=2");
    assertEquals(0, made.code(), made.err());
    assertTrue(made.err().contains("from \"a sad face\" (below 0)"), made.err());
    assertTrue(made.err().contains("the base draws 2 of the target prompt"), made.err());
    try (Safetensors file = Safetensors.open(adapter)) {
      assertEquals("a happy face", file.metadata().get("lora4j_slider_positive"));
    }
    assertTrue(Files.exists(folder.resolve("style.run/previews/step-000002.png")));
    Run grid =
        Run.of(
            "grid",
            "a face",
            "--x=lora:style=-1,0,1",
            Run.BASE,
            "--compute=f32",
            "--steps=2",
            "--lora=" + adapter,
            "-o",
            folder.resolve("grid"));
    assertEquals(0, grid.code(), grid.err());
  }

  @Test
  void stoppedRunGoesOnWithTheSameDirectionAlone() throws IOException {
    Run whole = train(POSITIVE, "--set=previews.prompts=[]");
    assertEquals(0, whole.code(), whole.err());
    Files.delete(folder.resolve("style.run/checkpoints/step-000002.safetensors"));
    Files.delete(adapter);
    Run refused =
        train("--set=slider.positive=a glad face", "--set=previews.prompts=[]", "--resume");
    assertEquals(1, refused.code(), refused.err());
    assertTrue(refused.err().contains("slider"), refused.err());
    Run resumed = train(POSITIVE, "--set=previews.prompts=[]", "--resume");
    assertEquals(identity(whole), identity(resumed));
  }

  private static String identity(Run run) {
    assertEquals(0, run.code(), run.err());
    return run.out().replaceFirst("(?s).*identity (\\w+).*", "$1");
  }

  @Test
  void planKnowsItsCostWithPicturesAndWithout() throws IOException {
    Run plain = run("plan", POSITIVE);
    assertEquals(0, plain.code(), plain.err());
    assertTrue(plain.out().contains("a step, so"), plain.out());
    assertTrue(plain.out().contains("5 pictures each, by 1 prompt: a face"), plain.out());
    Run.pictures(folder.resolve("pictures"));
    Run pictures = run("plan", POSITIVE, "--images=" + folder.resolve("pictures"));
    assertEquals(0, pictures.code(), pictures.err());
    assertTrue(pictures.out().contains("epochs of"), pictures.out());
    assertTrue(pictures.out().contains("a slider of \"a face\""), pictures.out());
  }

  @Test
  void settingsWithoutEffectAreRefusedByName() throws IOException {
    Run nothing = train();
    assertEquals(2, nothing.code(), nothing.err());
    assertTrue(nothing.err().contains("slider.positive is not set"), nothing.err());
    Run noise =
        train(
            POSITIVE,
            "--set=loss.noise_offset=0.1",
            "--set=save.adapters_epochs=2",
            "--dropout=0.1");
    assertEquals(2, noise.code(), noise.err());
    assertTrue(noise.err().contains("loss.noise_offset has no effect"), noise.err());
    assertTrue(noise.err().contains("save.adapters_epochs has no effect"), noise.err());
    assertTrue(noise.err().contains("data.caption_dropout_rate has no effect"), noise.err());
    Run.pictures(folder.resolve("pictures"));
    String images = "--images=" + folder.resolve("pictures");
    Run trigger = train(POSITIVE, images, "--trigger=zkw");
    assertEquals(2, trigger.code(), trigger.err());
    assertTrue(trigger.err().contains("data.trigger has no effect"), trigger.err());
    assertTrue(trigger.err().contains("slider.drawn has no effect"), trigger.err());
    Run.pictures(folder.resolve("class"));
    Path data = folder.resolve("data.toml");
    Files.write(
        data,
        List.of(
            "[[datasets]]",
            "[[datasets.subsets]]",
            "image_dir = 'pictures'",
            "[[datasets.subsets]]",
            "image_dir = 'class'",
            "is_reg = true"));
    Run ofClass = run("train", POSITIVE, "--set=dataset_config=" + data);
    assertEquals(1, ofClass.code(), ofClass.err());
    assertTrue(ofClass.err().contains("is a picture of the class (is_reg)"), ofClass.err());
    Run style = new SmallTraining(folder).train("--steps=1", "--set=slider.strength=2");
    assertEquals(2, style.code(), style.err());
    assertTrue(style.err().contains("slider.strength has an effect with"), style.err());
    Run same = train("--set=slider.positive=a sad face");
    assertTrue(same.code() != 0, same.err());
    assertTrue(same.err().contains("differ, found"), same.err());
    assertFalse(Files.exists(adapter));
  }
}
