package dev.lora4j.studio.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.Main;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.metadata.FileHashes;
import dev.lora4j.diffusion.record.PictureRecord;
import dev.lora4j.diffusion.request.FewSteps;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlendTest {
  @TempDir static Path root;
  private static RunningStudio studio;

  @BeforeAll
  static void open() throws IOException {
    studio = new RunningStudio(root);
    Family base = studio.models().pictures().get(0).base().family();
    Path folder = studio.adapters();
    RandomAdapters.write(folder.resolve("ink.safetensors"), base, "attn", 1, 0.25f, Map.of());
    RandomAdapters.write(folder.resolve("wash.safetensors"), base, "", 2, 0.15f, Map.of());
  }

  @AfterAll
  static void close() {
    studio.close();
  }

  private static String region() throws Exception {
    BufferedImage left = new BufferedImage(16, 16, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < 16 * 8; i++) {
      left.setRGB(i % 8, i / 8, 0xffe0e0ff);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(left, "png", png);
    JsonObject sent = new JsonObject();
    sent.addProperty("png", Base64.getEncoder().encodeToString(png.toByteArray()));
    StudioClient.Answer answer = studio.client().post("/studio/regions", sent);
    assertEquals(200, answer.status(), answer::text);
    return answer.json().get("id").getAsString();
  }

  private static void same(String blend) throws Exception {
    StudioClient.Answer picture = studio.client().post("/studio/picture", blend);
    assertEquals(200, picture.status(), picture::text);
    Path file = root.resolve("again.png");
    List<String> words = run("generate", blend, file);
    assertArrayEquals(Files.readAllBytes(file), picture.bytes(), words::toString);
  }

  /** Runs the command line of an action, whose file beside adapters is another one. */
  private static List<String> run(String action, String request, Path file) throws Exception {
    StudioClient.Answer command =
        studio.client().post("/studio/actions/" + action + "/command", request);
    assertEquals(200, command.status(), command::text);
    List<String> words = new ArrayList<>();
    for (JsonElement word : command.json().getAsJsonArray("arguments")) {
      words.add(word.getAsString());
    }
    int output = words.indexOf("-o") + 1;
    if (output > 0 && !words.get(output).startsWith(studio.adapters().toString())) {
      words.set(output, file.toString());
    }
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    int code =
        Main.run(
            out, new PrintStream(err, true, StandardCharsets.UTF_8), words.toArray(String[]::new));
    assertEquals(0, code, () -> err.toString(StandardCharsets.UTF_8));
    return words;
  }

  @Test
  void pictureIsThatOfItsCommandLine() throws Exception {
    same("{'prompt': 'a fox', 'seed': 7, 'steps': 4}");
    same(
        "{'prompt': 'a fox', 'seed': 7, 'steps': 4, 'adapters': [{'name': 'glossy', 'weight':"
            + " '0.7'}]}");
    same(
        "{'prompt': 'a fox', 'seed': 7, 'steps': 4, 'adapters': [{'name': 'ink', 'weight':"
            + " '0@0,1@0.5,0.2@1:cosine'}, {'name': 'glossy', 'weight': '0.4:0.5-1'}]}");
    same(
        "{'prompt': 'a fox', 'seed': 8, 'steps': 4, 'adapters': [{'name': 'wash', 'weight': 0.5,"
            + " 'text': 0.1, 'blocks': 'BASE:0.3,IN:0.5,OUT03:0'}], 'route': 'unmerged'}");
    same(
        "{'prompt': 'a fox', 'seed': 9, 'steps': 4, 'adapters': [{'name': 'ink', 'region': '"
            + region()
            + "'}, {'name': 'glossy', 'weight': '-0.3'}]}");
    same(
        "{'prompt': 'a fox', 'seed': 9, 'steps': 4, 'mixer': 'ties:density=0.5', 'adapters':"
            + " [{'name': 'ink'}, {'name': 'glossy'}]}");
    same(
        "{'prompt': 'a fox', 'seed': 9, 'steps': 4, 'mixer': 'switch:tau=2', 'adapters':"
            + " [{'name': 'ink'}, {'name': 'glossy'}, {'name': 'wash', 'on': false}]}");
    same(
        "{'prompt': '--json <lora:glossy:0.5:0.9>', 'negative': '@fox', 'seed': -4, 'steps': 5,"
            + " 'guidance': 4.5, 'sampler': 'euler', 'schedule': 'karras', 'width': 80, 'height':"
            + " 48, 'route': 'merged'}");
  }

  @Test
  void fewStepsOfAnAdapterCountWhereTheBlendSaysNothing() throws Exception {
    Family base = studio.models().pictures().get(0).base().family();
    Path file = studio.adapters().resolve("brisk.safetensors");
    Map<String, String> header = new FewSteps("lcm", 3, 1).metadata().entries();
    RandomAdapters.write(file, base, "attn", 4, 0.1f, header);
    same("{'prompt': 'a fox', 'seed': 7, 'adapters': [{'name': 'brisk'}]}");
    same("{'prompt': 'a fox', 'seed': 7, 'steps': 20, 'adapters': [{'name': 'brisk'}]}");
    StudioClient.Answer made =
        studio
            .client()
            .post(
                "/studio/picture",
                "{'prompt': 'a fox', 'seed': 7, 'guidance': 2, 'adapters': [{'name': 'brisk'}]}");
    Path picture = Files.write(root.resolve("brisk.png"), made.bytes());
    PictureRecord record = PictureRecord.read(picture);
    assertEquals("lcm", record.prompt().sampler());
    assertEquals(3, record.prompt().steps());
    assertEquals(2, record.prompt().guidance().orElseThrow());
  }

  private static JsonObject command(String blend) throws Exception {
    return studio.client().post("/studio/actions/generate/command", blend).json();
  }

  private static String refusal(String path, String body) throws Exception {
    StudioClient.Answer answer = studio.client().post(path, body);
    assertEquals(400, answer.status(), answer::text);
    return answer.message();
  }

  private static String encoded(byte[] png) {
    return Base64.getEncoder().encodeToString(png);
  }

  @Test
  void tagsSayWhatTheyCan() throws Exception {
    assertEquals(
        "a fox <lora:ink:0.7> <lora:glossy:0.2:-1>",
        command(
                "{'prompt': 'a fox', 'adapters': [{'name': 'ink', 'weight': '0.7'}, {'name':"
                    + " 'glossy', 'weight': -1, 'text': 0.2}]}")
            .get("prompt")
            .getAsString());
    for (String row :
        List.of(
            "'weight': '0@0,1@1'",
            "'weight': '1:0.5-1'",
            "'blocks': 'IN:0.5'",
            "'region': '" + region() + "'")) {
      JsonObject told = command("{'prompt': 'a', 'adapters': [{'name': 'ink', " + row + "}]}");
      assertFalse(told.has("prompt"), told::toString);
      assertTrue(told.get("why").getAsString().contains("ink"), told::toString);
    }
  }

  @Test
  void fieldsThatCannotBeMeantAreNamed() throws Exception {
    String[][] cases = {
      {"{'prompt': 'a', 'colour': 1}", "There is no field 'colour' here; there are adapters, base"},
      {
        "{'prompt': 'a', 'adapters': [{'name': 'ink', 'x': 1}]}",
        "There is no field 'adapters[0].x'"
      },
      {"{}", "prompt must be a text, but it is missing."},
      {"{'prompt': 'a', 'sampler': 'fast'}", "sampler: "},
      {"{'prompt': 'a', 'schedule': 'fast'}", "schedule: "},
      {"{'prompt': 'a', 'route': 'fast'}", "route must be auto, merged or unmerged"},
      {"{'prompt': 'a', 'steps': 0}", "steps must be a whole number from 1 to 1000"},
      {"{'prompt': 'a', 'width': 64}", "Give both width and height"},
      {
        "{'prompt': 'a', 'base': 'sdxl'}", "There is no base 'sdxl' for pictures; there is emoji-sd"
      },
      {
        "{'prompt': 'a', 'adapters': [{'name': 'imk'}]}",
        "adapters[0].name: There is no adapter imk. Nearest: ink"
      },
      {"{'prompt': 'a', 'adapters': [{'name': 'ink', 'weight': '1@x'}]}", "adapters[0].weight: "},
      {
        "{'prompt': 'a', 'adapters': [{'name': 'ink', 'blocks': 'IN99:1'}]}",
        "adapters[0].blocks: This base has no block 'IN99'"
      },
      {
        "{'prompt': 'a', 'adapters': [{'name': 'ink', 'blocks': 'IN=1'}]}",
        "adapters[0].blocks: Block weights are written"
      },
      {
        "{'prompt': 'a', 'adapters': [{'name': 'ink', 'region': '../../x'}]}",
        "adapters[0].region: there is no region '../../x'"
      },
      {"{'prompt': 'a', 'mixer': 'soup', 'adapters': [{'name': 'ink'}]}", "mixer: "},
      {"{'prompt': 'a <lora:ink'}", "prompt: "},
    };
    for (String[] one : cases) {
      for (String path : List.of("/studio/picture", "/studio/actions/generate/command")) {
        String message = refusal(path, one[0]);
        assertTrue(message.startsWith(one[1]), message);
      }
    }
    assertTrue(
        refusal("/studio/picture", "{'prompt': 'a', 'width': 50, 'height': 50}").contains("16"));
  }

  @Test
  void regionsArePicturesAndAreKeptOnce() throws Exception {
    String id = region();
    assertEquals(id, region());
    StudioClient.Answer picture = studio.client().get("/studio/regions/picture?id=" + id);
    assertEquals("image/png", picture.header("content-type"));
    BufferedImage kept = ImageIO.read(new ByteArrayInputStream(picture.bytes()));
    assertEquals(16, kept.getWidth());
    assertTrue((kept.getRGB(2, 2) & 0xff) > 200);
    assertEquals(0, kept.getRGB(12, 2) & 0xff, "what is transparent is black");
    assertEquals(404, studio.client().get("/studio/regions/picture?id=../groups").status());
    ByteArrayOutputStream black = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB), "png", black);
    ByteArrayOutputStream wide = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(4000, 16, BufferedImage.TYPE_INT_RGB), "png", wide);
    byte[] cut = Arrays.copyOf(black.toByteArray(), 40);
    String[][] cases = {
      {encoded(black.toByteArray()), "The region is black everywhere"},
      {encoded(wide.toByteArray()), "png must be at most 2048 pixels wide"},
      {encoded(cut), "png: the picture "},
      {encoded("<svg/>".getBytes(StandardCharsets.UTF_8)), "png must be a PNG file"},
      {"***", "png must be a PNG file in base64"},
    };
    for (String[] one : cases) {
      String message = refusal("/studio/regions", "{'png': '" + one[0] + "'}");
      assertTrue(message.startsWith(one[1]), message);
    }
  }

  private static JsonObject recipe(String name) throws Exception {
    JsonObject list = studio.client().get("/studio/recipes").json();
    for (JsonElement one : list.getAsJsonArray("recipes")) {
      if (one.getAsJsonObject().get("name").getAsString().equals(name)) {
        return one.getAsJsonObject();
      }
    }
    throw new AssertionError(list);
  }

  @Test
  void recipesAreFilesThatGoToOtherMachines() throws Exception {
    Path own = studio.adapters().resolve("shared.safetensors");
    Family base = studio.models().pictures().get(0).base().family();
    RandomAdapters.write(own, base, "attn", 5, 0.2f, Map.of());
    String region = region();
    String blend =
        "{'base': 'emoji-sd', 'prompt': 'a fox', 'seed': 3, 'steps': 2, 'adapters': [{'name':"
            + " 'shared', 'weight': '0@0,1@1', 'region': '"
            + region
            + "'}, {'name': 'ink', 'on': false}], 'mixer': 'switch:tau=2'}";
    byte[] png = studio.client().post("/studio/picture", blend).bytes();
    String save = "{'name': 'Fox & co', 'blend': " + blend + ", 'png': '" + encoded(png) + "'}";
    JsonObject saved = studio.client().post("/studio/recipes", save).json();
    JsonObject sent = JsonParser.parseString(blend.replace('\'', '"')).getAsJsonObject();
    assertEquals(sent, saved.get("blend"));
    assertEquals("[]", saved.get("missing").toString());
    assertEquals(sent, recipe("Fox & co").get("blend"));
    assertEquals(
        200, studio.client().get(recipe("Fox & co").get("preview").getAsString()).status());
    assertTrue(refusal("/studio/recipes", save).startsWith("There is a recipe Fox & co already"));
    JsonObject file = studio.client().get("/studio/recipes/file", "name", "Fox & co").json();
    assertEquals(
        FileHashes.sha256(own),
        file.getAsJsonArray("adapters").get(0).getAsJsonObject().get("sha256").getAsString());
    // On another machine the file is called otherwise, and the region is not there.
    Files.move(own, own.resolveSibling("renamed.safetensors"));
    Files.delete(studio.workspace().regions().resolve(region + ".png"));
    JsonObject here = known("renamed", file);
    JsonObject first =
        here.getAsJsonObject("blend").getAsJsonArray("adapters").get(0).getAsJsonObject();
    assertEquals("renamed", first.get("name").getAsString());
    assertEquals(region, first.get("region").getAsString());
    assertEquals(200, studio.client().get("/studio/regions/picture?id=" + region).status());
    Files.delete(own.resolveSibling("renamed.safetensors"));
    studio.client().post("/studio/library/refresh", "{}");
    JsonObject lost = recipe("Fox & co").getAsJsonArray("missing").get(0).getAsJsonObject();
    assertEquals("adapter", lost.get("what").getAsString());
    assertEquals("shared", lost.get("name").getAsString());
    assertEquals(
        200, studio.client().post("/studio/recipes/remove", "{'name': 'Fox & co'}").status());
    assertEquals(
        404, studio.client().post("/studio/recipes/remove", "{'name': 'Fox & co'}").status());
  }

  /** What an import says once the library has read the file of a name. */
  private static JsonObject known(String name, JsonObject file) throws Exception {
    JsonObject sent = new JsonObject();
    sent.add("recipe", file);
    for (int look = 0; look < 600; look++) {
      studio.client().get("/studio/library");
      JsonObject told = studio.client().post("/studio/recipes/import", sent).json();
      if (told.toString().contains(name)) {
        return told;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError(name + " is not found");
  }

  @Test
  void recipesOfStrangersAreLookedThrough() throws Exception {
    String[][] cases = {
      {"{}", "This is no recipe of lora4j."},
      {"{'lora4j': 'recipe', 'version': 2, 'blend': {}}", "The recipe is of a newer version"},
      {"{'lora4j': 'recipe', 'blend': 3}", "blend must be an object"},
      {
        "{'lora4j': 'recipe', 'blend': {'prompt': 'a', 'output': '/etc/x'}}",
        "There is no field 'output'"
      },
      {
        "{'lora4j': 'recipe', 'blend': {'prompt': 'a', 'adapters': [{'name': 'ink', 'region': 'r'}]}, 'regions': {'r': 'PGI+'}}",
        "r must be a PNG file"
      },
    };
    for (String[] one : cases) {
      String message = refusal("/studio/recipes/import", "{'recipe': " + one[0] + "}");
      assertTrue(message.startsWith(one[1]), message);
    }
    for (String name : List.of("../x", "a/b", ".hidden", "", "con")) {
      String save = "{'name': '" + name + "', 'blend': {'prompt': 'a'}}";
      assertTrue(refusal("/studio/recipes", save).startsWith("name"), name);
    }
    Path damaged = studio.workspace().recipes().resolve("damaged.json");
    Files.createDirectories(studio.workspace().recipes());
    Files.writeString(damaged, "{\"half");
    assertTrue(
        studio
            .client()
            .get("/studio/recipes")
            .json()
            .get("problems")
            .toString()
            .contains("damaged.json"));
    Files.delete(damaged);
    JsonObject told =
        studio
            .client()
            .post(
                "/studio/recipes/import",
                "{'recipe': {'lora4j': 'recipe', 'blend': {'prompt': 'a', 'base': 'sdxl', 'mixer':"
                    + " 'soup:x=1', 'adapters': [{'name': '../../etc/passwd', 'region': '"
                    + "0".repeat(32)
                    + "'}]}}}")
            .json();
    List<String> what = new ArrayList<>();
    told.getAsJsonArray("missing")
        .forEach(one -> what.add(one.getAsJsonObject().get("what").getAsString()));
    assertEquals(List.of("mixer", "base", "adapter", "region"), what);
    assertFalse(told.getAsJsonObject("blend").has("mixer"));
  }

  @Test
  void blendOfPictureMakesItAgain() throws Exception {
    String blend =
        "{'prompt': 'a fox', 'negative': 'cat', 'seed': 12, 'steps': 3, 'adapters': [{'name':"
            + " 'ink', 'weight': '0.5:0-0.5', 'text': 0.25, 'blocks': 'OUT:0.5', 'region': '"
            + region()
            + "'}, {'name': 'glossy'}], 'mixer': 'composite'}";
    byte[] made = studio.client().post("/studio/picture", blend).bytes();
    JsonObject sent = new JsonObject();
    sent.addProperty("png", encoded(made));
    JsonObject told = studio.client().post("/studio/recipes/picture", sent).json();
    assertEquals("[]", told.get("missing").toString());
    assertArrayEquals(made, studio.client().post("/studio/picture", told.get("blend")).bytes());
    ByteArrayOutputStream other = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", other);
    assertTrue(
        refusal("/studio/recipes/picture", "{'png': '" + encoded(other.toByteArray()) + "'}")
            .contains("does not say how it was made"));
  }

  @Test
  void pictureNobodyWaitsForIsGivenUp() throws Exception {
    String blend = "{'prompt': 'a fox', 'steps': 1000, 'width': 256, 'height': 256}";
    CompletableFuture<HttpResponse<byte[]>> slow =
        studio
            .client()
            .client()
            .sendAsync(
                studio.client().request("/studio/picture", blend.replace('\'', '"')),
                HttpResponse.BodyHandlers.ofByteArray());
    TimeUnit.MILLISECONDS.sleep(1500);
    slow.cancel(true);
    long began = System.nanoTime();
    StudioClient.Answer next =
        studio.client().post("/studio/picture", "{'prompt': 'a fox', 'steps': 2}");
    assertEquals(200, next.status());
    Duration waited = Duration.ofNanos(System.nanoTime() - began);
    assertTrue(waited.toSeconds() < 60, waited::toString);
    assertTrue(Long.parseLong(next.header("x-lora4j-seed")) >= 0);
    assertTrue(Double.parseDouble(next.header("x-lora4j-seconds")) > 0);
  }

  @Test
  void ownPreviewLeavesThoseOfOthersAlone() throws Exception {
    Path folder = studio.adapters();
    Path ours = folder.resolve("wash.preview.png");
    String ask = "{'name': 'wash', 'prompt': 'a fox', 'seed': 5, 'weight': 0.8}";
    String shown =
        studio.client().post("/studio/library/preview", ask).json().get("preview").getAsString();
    assertEquals(200, studio.client().get(shown).status());
    PictureRecord record = PictureRecord.read(ours);
    assertEquals(5, record.prompt().seed());
    assertEquals("0.8", record.adapters().get(0).weight().text());
    byte[] before = Files.readAllBytes(ours);
    studio.client().post("/studio/library/preview", ask.replace("5", "6"));
    assertEquals(6, PictureRecord.read(ours).prompt().seed(), "our own is replaced");
    ByteArrayOutputStream theirs = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", theirs);
    Files.write(ours, theirs.toByteArray());
    String kept =
        studio.client().post("/studio/library/preview", ask).json().get("preview").getAsString();
    assertArrayEquals(theirs.toByteArray(), Files.readAllBytes(ours));
    BufferedImage picture =
        ImageIO.read(new ByteArrayInputStream(studio.client().get(kept).bytes()));
    BufferedImage first = ImageIO.read(new ByteArrayInputStream(before));
    assertEquals(first.getRGB(30, 30), picture.getRGB(30, 30), "ours is shown");
    // The bundled adapter is not in a folder of the user's.
    studio.client().post("/studio/library/preview", ask.replace("wash", "glossy"));
    studio.client().post("/studio/library/notes", "{'name': 'glossy', 'text': 'shiny'}");
    Path bundled = BundledModel.adapter();
    assertFalse(Files.exists(bundled.resolveSibling("glossy.preview.png")));
    assertFalse(Files.exists(bundled.resolveSibling("glossy.json")));
    JsonObject card = studio.client().get("/studio/library/adapter?name=glossy").json();
    assertEquals("shiny", card.get("notes").getAsString());
    assertTrue(card.has("preview"));
  }

  @Test
  void actionsAreCommandsThatDoWhatTheySay() throws Exception {
    JsonObject inspected =
        studio.client().post("/studio/actions/inspect?wait=1", "{'adapter': 'ink'}").json();
    assertEquals(
        "done", inspected.getAsJsonObject("job").get("state").getAsString(), inspected::toString);
    assertTrue(inspected.getAsJsonObject("output").get("usable").getAsBoolean());
    Path chart = root.resolve("chart.png");
    run("mix", "{'adapters': [{'name': 'ink'}, {'name': 'wash', 'weight': 0.5}]}", chart);
    assertTrue(Files.exists(chart));
    run(
        "merge",
        "{'output': 'both', 'adapters': [{'name': 'ink', 'weight': 0.7, 'text': 0.5, 'blocks':"
            + " 'IN:0.5'}, {'name': 'wash'}], 'mixer': 'ties:density=0.5', 'rank': 4}",
        chart);
    run("resize", "{'adapter': 'both', 'output': 'small', 'rank': 1, 'dtype': 'f16'}", chart);
    run("convert", "{'adapter': 'small', 'output': 'folder', 'layout': 'peft'}", chart);
    assertTrue(Files.isDirectory(studio.adapters().resolve("folder")));
    JsonObject folder = studio.client().get("/studio/library/adapter?name=folder").json();
    assertEquals("[\"peft\"]", folder.getAsJsonObject("account").get("dialects").toString());
    assertTrue(
        refusal("/studio/actions/merge", "{'output': 'both', 'adapters': [{'name': 'ink'}]}")
            .startsWith("There is an adapter both already."));
    assertTrue(
        refusal("/studio/actions/resize", "{'output': 'x', 'adapter': 'ink'}").startsWith("rank"));
    assertTrue(
        refusal(
                "/studio/actions/convert",
                "{'output': '../x', 'adapter': 'ink', 'layout': 'kohya'}")
            .startsWith("output must be a name for a file"));
    assertTrue(
        refusal("/studio/actions/mix", "{'adapters': [{'name': 'ink'}]}").startsWith("adapters"));
  }
}
