package dev.lora4j.diffusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.clip.PromptSyntax;
import dev.lora4j.diffusion.config.RunSettings.Previews;
import dev.lora4j.diffusion.config.kohya.KohyaOptions;
import dev.lora4j.diffusion.dataset.DataItem;
import dev.lora4j.diffusion.dataset.DataSet;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What previews show where nobody says it. */
class PreviewPromptsTest {
  @TempDir private Path folder;

  @BeforeEach
  void pictures() throws IOException {
    for (int i = 0; i < 12; i++) {
      picture("foxes", "fox" + i, 1 + i, "a fox, number " + i);
    }
  }

  private void picture(String where, String name, int color, String caption) throws IOException {
    Path place = Files.createDirectories(folder.resolve(where));
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 32 * 32; i++) {
      image.setRGB(i % 32, i / 32, color * 7919 * (i + 1));
    }
    ImageIO.write(image, "png", place.resolve(name + ".png").toFile());
    Files.writeString(place.resolve(name + ".txt"), caption);
  }

  private RunSettings settings(String... lines) {
    SettingLayers layers = new SettingLayers(KohyaOptions::new);
    layers.set("out", folder.resolve("a.safetensors").toString(), "test");
    layers.set("images", folder.resolve("foxes").toString(), "test");
    for (String line : lines) {
      String[] words = line.split("=", 2);
      layers.setText(words[0], words[1], "test");
    }
    return RunSettings.of(layers.values());
  }

  private static DataSet data(RunSettings settings) {
    return DataSet.survey(settings.groups(32, 8), DataSet.Depth.HEADERS).usable();
  }

  private static Previews previews(RunSettings settings) {
    return settings.previews(data(settings));
  }

  private static Set<String> captions(List<DataItem> items) {
    return items.stream().map(DataItem::caption).collect(Collectors.toSet());
  }

  @Test
  void fourCaptionsAreDrawnBySeed() {
    RunSettings settings = settings();
    List<String> drawn = previews(settings).prompts();
    assertEquals(4, new HashSet<>(drawn).size(), drawn.toString());
    assertTrue(captions(data(settings).training()).containsAll(drawn), drawn.toString());
    assertEquals(drawn, previews(settings("seed=9")).prompts(), "of another seed of the run");
    assertNotEquals(drawn, previews(settings("previews.seed=9")).prompts());
    assertEquals(List.of(1.0), previews(settings).strengths());
    assertTrue(settings.previewsCaptions());
  }

  @Test
  void addedPictureChangesFewPreviewPrompts() throws IOException {
    List<String> before = previews(settings()).prompts();
    picture("foxes", "a-first-one", 99, "a late fox");
    Set<String> after = new HashSet<>(previews(settings()).prompts());
    after.retainAll(before);
    assertTrue(after.size() >= 3, "of " + before + " are left " + after);
  }

  @Test
  void heldOutPicturesComeFirst() {
    RunSettings settings = settings("validation.split=0.25");
    Set<String> heldOut = captions(data(settings).validation());
    assertEquals(3, heldOut.size());
    assertEquals(heldOut, Set.copyOf(previews(settings).prompts()));
  }

  @Test
  void picturesOfTheClassAreNotShown() throws IOException {
    for (int i = 0; i < 9; i++) {
      picture("class", "dog" + i, 50 + i, "a dog, number " + i);
    }
    RunSettings settings = settings("regularisation=" + folder.resolve("class"));
    List<String> prompts = previews(settings).prompts();
    assertEquals(4, prompts.size());
    assertTrue(prompts.stream().allMatch(p -> p.startsWith("a fox")), prompts.toString());
  }

  @Test
  void equalCaptionsAreOnePrompt() throws IOException {
    for (int i = 0; i < 12; i++) {
      Files.writeString(folder.resolve("foxes/fox" + i + ".txt"), i < 6 ? "a fox" : "an owl");
    }
    assertEquals(Set.of("a fox", "an owl"), Set.copyOf(previews(settings()).prompts()));
  }

  @Test
  void bracketsOfACaptionMeanNothing() throws IOException {
    String caption = "a fox (red:1.3) [old] c:\\fox";
    for (int i = 0; i < 12; i++) {
      Files.writeString(folder.resolve("foxes/fox" + i + ".txt"), caption);
    }
    String prompt = previews(settings()).prompts().get(0);
    assertEquals(List.of(new PromptSyntax.Piece(caption, 1, false)), PromptSyntax.parse(prompt));
  }

  @Test
  void previewPromptsContainTheTrigger() {
    for (String prompt : previews(settings("data.trigger=sks")).prompts()) {
      assertTrue(prompt.contains("sks"), prompt);
    }
  }

  @Test
  void explicitPromptsAndStrengthsCount() {
    RunSettings said = settings("previews.prompts=an owl", "previews.strengths=0.5,1");
    assertEquals(List.of("an owl"), previews(said).prompts());
    assertEquals(List.of(0.5, 1.0), previews(said).strengths());
    assertEquals(List.of(), previews(settings("previews.prompts=[]")).prompts());
    assertEquals(
        List.of(0.4), previews(settings("previews.strengths=0.4")).strengths(), "with captions");
  }

  /** So that a run that is gone on with by its file shows the same. */
  @Test
  void resolvedFileGivesTheSamePreviews() throws IOException {
    for (String said : List.of("previews.every=5", "previews.prompts=[]")) {
      RunSettings settings = settings(said);
      Path file = folder.resolve("run.toml");
      Files.writeString(file, ResolvedRun.toml(settings.values()));
      SettingLayers layers = new SettingLayers(KohyaOptions::new);
      RunFile.read(file, layers);
      RunSettings again = RunSettings.of(layers.values());
      assertEquals(previews(settings), previews(again));
      assertEquals(settings.previewsCaptions(), again.previewsCaptions());
    }
  }
}
