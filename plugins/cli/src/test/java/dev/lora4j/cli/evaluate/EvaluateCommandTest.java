package dev.lora4j.cli.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.Run;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.evaluation.EvaluationManifest;
import dev.lora4j.diffusion.evaluation.JudgedStyle;
import dev.lora4j.diffusion.evaluation.StyleEvaluation;
import dev.lora4j.diffusion.evaluation.StyleTargets;
import dev.lora4j.diffusion.evaluation.VerdictTable;
import dev.lora4j.diffusion.judge.ControlPictures;
import dev.lora4j.diffusion.judge.JudgeScores;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.emoji.JudgeFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scores of pictures whose answers are known, and of pictures that the command makes. */
class EvaluateCommandTest {
  private static final JudgeFolder JUDGE = EmojiSd.judge();

  @TempDir private Path folder;

  private static JsonObject done(Run run) {
    assertEquals(0, run.code(), run.err());
    return run.json();
  }

  /**
   * A folder with a picture for each truth, as if an adapter had made it, and a grey one without.
   */
  private Path pictures(BiFunction<Integer, Picture, Picture> adapted) throws IOException {
    Path images = Files.createDirectories(folder.resolve("given"));
    StringBuilder lines = new StringBuilder(EvaluationManifest.HEADER).append('\n');
    Map<Integer, Picture> flat = JUDGE.truths(JudgeFolder.FLAT);
    for (Map.Entry<Integer, Picture> truth : JUDGE.truths(JudgeFolder.INK).entrySet()) {
      int concept = truth.getKey();
      ImageIO.write(
          adapted.apply(concept, truth.getValue()).image(),
          "png",
          images.resolve(concept + ",a.png").toFile());
      lines.append('"').append(concept).append(",a.png\",").append(concept).append(",ink,x,1,3\n");
      ImageIO.write(flat.get(concept).image(), "png", images.resolve(concept + ".png").toFile());
      lines.append(concept).append(".png,").append(concept).append(",ink,none,0,3\n");
      if (concept > 200) {
        break;
      }
    }
    Files.writeString(images.resolve(EvaluationManifest.NAME), lines);
    return images;
  }

  private JsonObject scored(Path images) {
    return done(
        Run.of("evaluate", "--images", images, "--style=ink", "--json", "-o", folder.resolve("o")));
  }

  private static double number(JsonObject from, String... path) {
    JsonObject at = from;
    for (int i = 0; i + 1 < path.length; i++) {
      at = at.getAsJsonObject(path[i]);
    }
    return at.get(path[path.length - 1]).getAsDouble();
  }

  @Test
  void truthsHaveTheBestScores() throws IOException {
    JsonObject found = scored(pictures((concept, truth) -> truth));
    assertEquals(1, number(found, "truth_top1", "adapter"));
    assertEquals(0, number(found, "kinds", "adapter", "truth_distance"));
    assertTrue(number(found, "style_accuracy", "with") > 0.8, found.toString());
    assertTrue(number(found, "style_accuracy", "without") < 0.05, found.toString());
    assertTrue(number(found, "concept_top10", "adapter") > 0.7, found.toString());
    assertEquals(
        number(found, "kinds", "the truth itself", "concept_top10"),
        number(found, "concept_top10", "adapter"));
    assertTrue(number(found, "classifier_accuracy") > 0.85, found.toString());
    assertEquals(100, number(found, "truths"));
    assertTrue(Files.exists(folder.resolve("o").resolve("sheet.png")));
    List<String> lines = Files.readAllLines(folder.resolve("o").resolve("pictures.csv"));
    assertEquals(VerdictTable.HEADER, lines.get(0));
    List<String> adapted = lines.stream().filter(line -> line.startsWith("\"")).toList();
    assertEquals(number(found, "kinds", "adapter", "pictures"), adapted.size());
    double ink =
        adapted.stream().filter(line -> line.contains("," + JudgeFolder.INK + ",")).count();
    assertEquals(number(found, "style_accuracy", "with"), ink / adapted.size(), 1e-9);
    assertTrue(adapted.stream().allMatch(line -> line.endsWith(",1,0.0000")), adapted.get(0));
    assertEquals(
        found,
        JsonParser.parseString(Files.readString(folder.resolve("o").resolve("scores.json"))));
  }

  @Test
  void blankPagesScoreNothing() throws IOException {
    JsonObject found = scored(pictures((concept, truth) -> ControlPictures.blank(64, 64)));
    assertEquals(0, number(found, "style_accuracy", "with"));
    assertTrue(number(found, "concept_top10", "adapter") < 0.1, found.toString());
    assertTrue(number(found, "truth_top1", "adapter") < 0.05, found.toString());
    assertEquals(
        number(found, "kinds", "blank page", "truth_rank"),
        number(found, "kinds", "adapter", "truth_rank"));
  }

  @Test
  void savedPicturesGiveTheSameScores() throws IOException {
    Path output = folder.resolve("made");
    Run run =
        Run.of(
            "evaluate",
            "--lora",
            BundledModel.adapter() + ":0.5",
            "--style=glossy",
            "--concepts=2",
            "--per-concept=2",
            "--steps=2",
            "--seed=4",
            "--trigger=shiny",
            "-o",
            output);
    assertEquals(0, run.code(), run.err());
    try (Stream<Path> made = Files.list(output.resolve("images"))) {
      for (Path png : made.filter(p -> p.toString().endsWith(".png")).toList()) {
        String text = new String(Files.readAllBytes(png), StandardCharsets.ISO_8859_1);
        assertEquals(
            !png.toString().contains("twemoji"),
            text.matches("(?s).*parameters\\x00+shiny, .*"),
            png.toString());
      }
    }
    assertTrue(run.out().contains("another's truth"), run.out());
    List<String> lines =
        Files.readAllLines(output.resolve("images").resolve(EvaluationManifest.NAME));
    assertEquals(EvaluationManifest.HEADER, lines.get(0));
    assertEquals(1 + 2 * (2 * 2 + 2), lines.size());
    assertTrue(
        lines.get(1).matches("\\d{4}-[a-z0-9-]+-glossy-base-4\\.png,\\d+,glossy,none,0\\.0,4"));
    assertTrue(lines.get(lines.size() - 1).contains(",twemoji,glossy,0.5,"), lines.toString());
    JsonObject first =
        JsonParser.parseString(Files.readString(output.resolve("scores.json"))).getAsJsonObject();
    JsonObject again =
        done(
            Run.of(
                "evaluate",
                "--images",
                output.resolve("images"),
                "--style=glossy",
                "--json",
                "-o",
                folder.resolve("again")));
    for (String part :
        List.of("style_accuracy", "concept_top10", "truth_top1", "kinds", "variety", "drift")) {
      assertEquals(first.get(part), again.get(part), part);
    }
    assertTrue(number(first, "variety", "base") > 0);
    assertTrue(number(first, "drift", "distance") > 0);
  }

  @Test
  void aFolderOfTruthsHasNoClassifier() throws IOException {
    Path truths = Files.createDirectories(folder.resolve("mine"));
    Map<Integer, Picture> glossy = JUDGE.truths(JudgeFolder.GLOSSY);
    for (int concept : List.copyOf(JUDGE.heldOut().keySet()).subList(0, 5)) {
      ImageIO.write(glossy.get(concept).image(), "png", truths.resolve(concept + ".png").toFile());
      Files.writeString(truths.resolve(concept + ".txt"), JUDGE.names().get(concept));
    }
    JsonObject found =
        done(
            Run.of(
                "evaluate",
                "--lora",
                BundledModel.adapter(),
                "--style",
                truths,
                "--concepts=2",
                "--per-concept=1",
                "--other-style=",
                "--steps=1",
                "--json",
                "-o",
                folder.resolve("o")));
    assertFalse(found.has("style_accuracy"), found.toString());
    assertFalse(found.has("drift"), found.toString());
    assertEquals(5, number(found, "truths"));
    assertEquals(1, number(found, "kinds", "the truth itself", "truth_top1"));
  }

  @Test
  void conceptCaseIsIgnoredAndUncountedPicturesNoted() throws IOException {
    Path truths = Files.createDirectories(folder.resolve("truths"));
    int named = JUDGE.names().indexOf("Christmas tree");
    assertTrue(named >= 0, "a name with a capital");
    List<String> captions = List.of("Christmas tree", "fox", "rocket", "Fox", "a spaceship");
    for (String caption : captions) {
      String file = "p" + captions.indexOf(caption);
      ImageIO.write(
          ControlPictures.blank(64, 64).image(), "png", truths.resolve(file + ".png").toFile());
      Files.writeString(truths.resolve(file + ".txt"), caption);
    }
    List<String> notes = new ArrayList<>();
    JudgedStyle style = JudgedStyleOption.of(truths.toString(), JUDGE, 64, notes::add);
    assertEquals(3, style.truths().size());
    assertTrue(style.truths().containsKey(named), style.truths().keySet().toString());
    assertTrue(notes.get(0).contains("1 pictures show no concept"), notes.toString());
    assertTrue(notes.get(0).endsWith("'a spaceship'."), notes.toString());
    assertTrue(notes.get(1).contains("first picture counts: 'Fox'."), notes.toString());
  }

  /** 24 of 40 are three times 8 of 40, and 33 of 40 are ten points below 37 of 40. */
  @Test
  void targetsThatAreJustReachedAreReached() {
    Map<String, JudgeScores> kinds =
        Map.of(
            StyleEvaluation.ADAPTER, scores(33, 24),
            StyleEvaluation.BASE, scores(37, 8),
            StyleEvaluation.DESATURATED, scores(37, 8));
    StyleEvaluation evaluation = new StyleEvaluation(kinds, Map.of(), Optional.empty());
    for (StyleTargets.Target target : new StyleTargets(evaluation).all()) {
      assertTrue(target.reached(), target.text());
    }
    Map<String, JudgeScores> below =
        Map.of(
            StyleEvaluation.ADAPTER, scores(32, 23),
            StyleEvaluation.BASE, scores(37, 8),
            StyleEvaluation.DESATURATED, scores(37, 8));
    List<Boolean> missed =
        new StyleTargets(new StyleEvaluation(below, Map.of(), Optional.empty()))
            .all().stream().map(StyleTargets.Target::reached).toList();
    assertEquals(List.of(true, false, false), missed);
  }

  private static JudgeScores scores(int concepts, int truths) {
    JudgeScores.Truth truth = new JudgeScores.Truth(truths / 40.0, 1, 0);
    return new JudgeScores(40, Optional.empty(), concepts / 40.0, Optional.of(truth));
  }

  @Test
  void unscorableRequestsAreRefused() throws IOException {
    Path adapter = BundledModel.adapter();
    Run both = Run.of("evaluate", "--style=ink", "--lora", adapter, "--images", folder);
    assertEquals(2, both.code());
    assertTrue(both.err().contains("not both"), both.err());
    Run without = Run.of("evaluate", "--style=ink", "--lora", adapter + ":0", "-o", folder);
    assertTrue(without.err().contains("weight of 0"), without.err());
    Run many =
        Run.of("evaluate", "--lora", adapter, "--style=ink", "--concepts=1000", "-o", folder);
    assertTrue(many.err().contains("held-out concepts"), many.err());
    Run nowhere = Run.of("evaluate", "--lora", adapter, "--style=nk", "-o", folder);
    assertTrue(nowhere.err().contains("no style and no folder nk; expected ink"), nowhere.err());
    Path nothing = Files.createDirectories(folder.resolve("nothing"));
    Run empty = Run.of("evaluate", "--lora", adapter, "--style", nothing, "-o", folder);
    assertEquals(1, empty.code());
    assertTrue(empty.err().contains("put right first:\n  " + nothing + " holds no "), empty.err());
    assertFalse(empty.err().contains("training"), empty.err());
    Run unknown =
        Run.of("evaluate", "--lora", adapter, "--style", Run.pictures(folder.resolve("p")));
    assertTrue(unknown.err().contains("'a ball of colour 0'"), unknown.err());
    Run same =
        Run.of(
            "evaluate", "--lora", adapter, "--style=glossy", "--other-style=glossy", "-o", folder);
    assertTrue(same.err().contains("take another --other-style"), same.err());
    Path bad = Files.createDirectories(folder.resolve("bad"));
    Files.writeString(
        bad.resolve(EvaluationManifest.NAME),
        EvaluationManifest.HEADER + "\na.png,9999,ink,x,1,0\nb\n");
    Run lines = Run.of("evaluate", "--images", bad, "--style=ink", "-o", folder);
    assertEquals(1, lines.code());
    assertTrue(lines.err().contains("line 2") && lines.err().contains("line 3"), lines.err());
    ImageIO.write(ControlPictures.blank(64, 64).image(), "png", bad.resolve("a.png").toFile());
    Files.writeString(
        bad.resolve(EvaluationManifest.NAME),
        "\ufeff" + EvaluationManifest.HEADER + "\r\na.png,0,pixel,x,1,0\r\n");
    Run other = Run.of("evaluate", "--images", bad, "--style=ink", "-o", folder);
    assertTrue(other.err().contains("but of pixel"), other.err());
    int seen = 0;
    while (JUDGE.heldOut().containsKey(seen)) {
      seen++;
    }
    Files.writeString(
        bad.resolve(EvaluationManifest.NAME),
        EvaluationManifest.HEADER + "\na.png," + seen + ",ink,x,1,0\n");
    Run taught = Run.of("evaluate", "--images", bad, "--style=ink", "-o", folder);
    assertTrue(taught.err().contains("no true pictures in ink of 1 concepts"), taught.err());
    Files.writeString(bad.resolve(EvaluationManifest.NAME), "picture,concept\n");
    Run header = Run.of("evaluate", "--images", bad, "--style=ink", "-o", folder);
    assertTrue(header.err().contains(EvaluationManifest.HEADER), header.err());
  }

  @Test
  void anAdapterAloneHasTheScoresThatItHasBesideTheBase() {
    JsonObject both = made("both");
    JsonObject alone = made("alone", "--adapter-alone");
    for (String score : List.of("concept_top10", "truth_top1")) {
      assertEquals(number(both, score, "adapter"), number(alone, score, "adapter"));
      assertFalse(alone.getAsJsonObject(score).has("base"), alone.toString());
    }
    assertEquals(number(both, "style_accuracy", "with"), number(alone, "style_accuracy", "with"));
    assertFalse(alone.has("drift"), alone.toString());
    assertEquals(2, number(alone, "kinds", "adapter", "pictures"));
    Run refused = Run.of("evaluate", "--style=glossy", "--adapter-alone");
    assertEquals(2, refused.code());
    assertTrue(refused.err().contains("--adapter-alone needs an adapter"), refused.err());
  }

  @Test
  void wordsStandBehindPromptsWhereThatIsAsked() throws IOException {
    made("last", "--adapter-alone", "--trigger=shiny", "--trigger-last");
    try (Stream<Path> made = Files.list(folder.resolve("last").resolve("images"))) {
      for (Path png : made.filter(p -> p.toString().endsWith(".png")).toList()) {
        String text = new String(Files.readAllBytes(png), StandardCharsets.ISO_8859_1);
        assertTrue(text.matches("(?s).*parameters\\x00+[a-z0-9 -]+, shiny.*"), png.toString());
      }
    }
  }

  private JsonObject made(String name, String... more) {
    List<Object> words = new ArrayList<>(List.of("evaluate", "--lora", BundledModel.adapter()));
    words.addAll(List.of("--style=glossy", "--concepts=2", "--per-concept=1", "--steps=2"));
    words.addAll(List.of("--json", "-o", folder.resolve(name)));
    words.addAll(List.of(more));
    return done(Run.of(words.toArray()));
  }
}
