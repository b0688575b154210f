package dev.lora4j.studio.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.diffusion.request.FewSteps;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Family SD15 =
      Families.all().stream().filter(f -> f.name().equals("sd15")).findFirst().orElseThrow();

  @TempDir Path root;
  private LibraryServer server;

  @BeforeEach
  void open() throws IOException {
    server = new LibraryServer(root);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Path adapter(String name, Map<String, String> metadata) throws IOException {
    Path file = server.adapters().resolve(name + ".safetensors");
    Files.createDirectories(file.resolveSibling(".").normalize());
    RandomAdapters.write(file, SD15, "mid_block", 1, 0.1f, metadata);
    return file;
  }

  private JsonObject card(String name) throws Exception {
    JsonObject list = server.client().get("/studio/library").json();
    for (JsonElement card : list.getAsJsonArray("adapters")) {
      if (card.getAsJsonObject().get("name").getAsString().equals(name)) {
        return card.getAsJsonObject();
      }
    }
    throw new AssertionError("no card " + name + " in " + list);
  }

  private JsonObject card(String name, Predicate<JsonObject> wanted) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      // Between two looks of the library there is a moment.
      JsonObject list = server.client().get("/studio/library").json();
      for (JsonElement card : list.getAsJsonArray("adapters")) {
        JsonObject one = card.getAsJsonObject();
        if (one.get("name").getAsString().equals(name) && wanted.test(one)) {
          return one;
        }
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return card(name);
  }

  private JsonObject read(String name) throws Exception {
    return card(name, card -> !card.has("pending"));
  }

  private static BufferedImage picture(int width, int height, Color color) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setColor(color);
    g.fillRect(0, 0, width, height);
    g.dispose();
    return image;
  }

  @Test
  void cardSaysForHowManyStepsTheAdapterIs() throws Exception {
    adapter("brisk", Map.of());
    assertFalse(read("brisk").has("fewSteps"));
    adapter("fast4", FewSteps.LCM.metadata().entries());
    JsonObject few = read("fast4").getAsJsonObject("fewSteps");
    assertEquals("lcm", few.get("sampler").getAsString());
    assertEquals(4, few.get("steps").getAsInt());
    assertEquals(1, few.get("guidance").getAsDouble());
  }

  @Test
  void cardSaysWhatTheFileSays() throws Exception {
    adapter(
        "styles/ink",
        Map.of(
            "modelspec.title", "Ink on paper",
            "modelspec.author", "Mo",
            "modelspec.license", "CC0",
            "modelspec.trigger_phrase", "inkstyle, paper",
            "ss_tag_frequency", "{\"set\": {\"fox\": 3, \"ink\": 9}}",
            "ss_sd_model_name", "v1-5.safetensors"));
    Files.createDirectory(server.adapters().resolve("styles/ink.run"));
    JsonObject card = read("styles/ink");
    assertEquals("adapters/styles/ink.safetensors", card.get("file").getAsString());
    assertEquals("styles", card.get("folder").getAsString());
    assertEquals("picture", card.get("kind").getAsString());
    assertEquals("sd15", card.get("family").getAsString());
    assertEquals("lora", card.get("method").getAsString());
    assertEquals(2, card.get("rank").getAsInt());
    assertEquals("Ink on paper", card.get("title").getAsString());
    assertEquals("Mo", card.get("author").getAsString());
    assertEquals("CC0", card.get("license").getAsString());
    assertEquals("v1-5.safetensors", card.get("trainedOn").getAsString());
    assertEquals("[\"inkstyle\",\"paper\"]", card.get("triggers").toString());
    assertEquals("modelspec.trigger_phrase", card.get("triggersFrom").getAsString());
    assertEquals("{\"ink\":9,\"fox\":3}", card.get("tags").toString());
    assertEquals("styles/ink", card.get("run").getAsString());
    JsonObject keys = card.getAsJsonObject("keys");
    assertEquals(keys.get("total"), keys.get("used"));
    assertTrue(keys.get("total").getAsInt() > 0);
    assertFalse(card.has("problem"));
    assertFalse(card.has("preview"));
  }

  @Test
  void detailHasWhatInspectFinds() throws Exception {
    Files.copy(BundledModel.adapter(), server.adapters().resolve("shine.safetensors"));
    JsonObject detail = server.client().get("/studio/library/adapter?name=shine").json();
    assertEquals(
        321, detail.getAsJsonObject("account").getAsJsonObject("keys").get("used").getAsInt());
    assertEquals("[\"kohya\"]", detail.getAsJsonObject("account").get("dialects").toString());
    assertEquals(
        "16",
        detail.getAsJsonObject("metadata").get("ss_network_dim").getAsString().replace(".0", ""));
    JsonArray blocks = detail.getAsJsonArray("blocks");
    assertEquals("IN01", blocks.get(0).getAsJsonObject().get("block").getAsString());
    assertTrue(blocks.get(0).getAsJsonObject().get("norm").getAsDouble() > 1);
    assertEquals(
        16, detail.getAsJsonArray("sites").get(0).getAsJsonObject().get("rank").getAsInt());
    assertEquals(404, server.client().get("/studio/library/adapter?name=other").status());
  }

  @Test
  void damagedFilesAreThereAndSayWhy() throws Exception {
    Path whole = adapter("whole", Map.of());
    byte[] bytes = Files.readAllBytes(whole);
    Path folder = server.adapters();
    Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(bytes, 200));
    Files.writeString(folder.resolve("text.safetensors"), "This is no adapter at all.");
    Files.write(folder.resolve("empty.safetensors"), new byte[0]);
    Files.write(folder.resolve("huge.safetensors"), new byte[] {-1, -1, -1, -1, -1, -1, -1, 127});
    for (String name : new String[] {"cut", "text", "empty", "huge"}) {
      JsonObject card = card(name, c -> c.has("problem"));
      assertEquals("unknown", card.get("kind").getAsString(), card::toString);
      assertTrue(card.get("problem").getAsString().contains(name), card::toString);
      assertFalse(card.toString().contains(root.toString()), "no place of this machine in it");
      assertTrue(server.client().get("/studio/library/adapter?name=" + name).json().has("problem"));
    }
    assertFalse(read("whole").has("problem"));
  }

  @Test
  void namesAreTextAndNothingElse() throws Exception {
    String[] names = {
      "<img src=x onerror=alert(1)>", "a b'c\"d", "$(id) ; rm -rf", "fu\u202eknf", "日本 語"
    };
    for (String name : names) {
      adapter(name, Map.of("modelspec.title", "\u202e<b>\u0007bold</b>\n" + "x".repeat(1000)));
    }
    for (String name : names) {
      JsonObject card = read(name);
      String title = card.get("title").getAsString();
      assertTrue(title.startsWith("<b>bold</b> x"), title);
      assertTrue(title.length() <= 200, title);
      assertEquals(
          name,
          server
              .client()
              .get("/studio/library/adapter", "name", name)
              .json()
              .get("name")
              .getAsString());
    }
    Files.writeString(root.resolve("secret.json"), "{\"notes\": \"secret\"}");
    for (String name : new String[] {"../secret", "..%2fsecret", "/etc/passwd", "a\\..\\b", ""}) {
      assertEquals(
          404, server.client().get("/studio/library/adapter", "name", name).status(), name);
      assertEquals(
          404, server.client().get("/studio/library/preview", "name", name).status(), name);
      JsonObject note = new JsonObject();
      note.addProperty("name", name);
      assertEquals(400, server.client().post("/studio/library/notes", note).status(), name);
    }
  }

  @Test
  void notesKeepWhatElseTheirFileHas() throws Exception {
    adapter("ink", Map.of("modelspec.trigger_phrase", "of the header"));
    Path file = server.adapters().resolve("ink.json");
    Files.writeString(
        file,
        "{\"description\": \"mine\", \"sd version\": \"SD1\", \"negative text\": \"blurry\","
            + " \"preferred weight\": 0.4, \"x\": {\"y\": [1, null]}}");
    JsonObject before = card("ink", c -> !c.getAsJsonArray("triggers").isEmpty());
    assertEquals(0.4, before.get("weight").getAsDouble());
    assertEquals("of the header", before.getAsJsonArray("triggers").get(0).getAsString());
    JsonObject after =
        server
            .client()
            .post(
                "/studio/library/notes",
                "{'name': 'ink', 'triggers': ['ink style', 'paper'], 'text': 'Good at 0.6.'}")
            .json();
    assertEquals("[\"ink style\",\"paper\"]", after.get("triggers").toString());
    assertEquals("notes", after.get("triggersFrom").getAsString());
    assertEquals("Good at 0.6.", after.get("notes").getAsString());
    assertEquals(0.4, after.get("weight").getAsDouble(), "it was not sent");
    JsonObject written = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    assertEquals("ink style, paper", written.get("activation text").getAsString());
    assertEquals("mine", written.get("description").getAsString());
    assertEquals("{\"y\":[1,null]}", written.get("x").toString());
    assertEquals("blurry", written.get("negative text").getAsString());
    server.client().post("/studio/library/notes", "{'name': 'ink', 'weight': 0}");
    assertFalse(card("ink").has("weight"), "0 is none");
  }

  @Test
  void whatIsNoNotesStaysAsItIs() throws Exception {
    adapter("ink", Map.of());
    Path file = server.adapters().resolve("ink.json");
    for (String text : new String[] {"[1, 2]", "{\"half\": ", "plain"}) {
      Files.writeString(file, text);
      StudioClient.Answer answer =
          server.client().post("/studio/library/notes", "{'name': 'ink', 'text': 'x'}");
      assertEquals(400, answer.status());
      assertTrue(answer.message().startsWith("ink.json is left as it is"), answer.message());
      assertEquals(text, Files.readString(file));
      assertTrue(
          server
              .client()
              .get("/studio/library")
              .json()
              .get("problems")
              .toString()
              .contains("ink.json"));
    }
    Files.delete(file);
    Path elsewhere = Files.writeString(root.resolve("other.json"), "{\"notes\": \"secret\"}");
    Files.createSymbolicLink(file, elsewhere);
    assertFalse(card("ink").has("notes"), "a link shows nothing");
    assertEquals(
        400,
        server.client().post("/studio/library/notes", "{'name': 'ink', 'text': 'x'}").status());
    assertEquals("{\"notes\": \"secret\"}", Files.readString(elsewhere));
  }

  @Test
  void downloadsTellTheirWordsAndSource() throws Exception {
    adapter("ink", Map.of());
    Files.writeString(
        server.adapters().resolve("ink.civitai.info"),
        "{\"id\": 7, \"modelId\": 12, \"trainedWords\": [\"inked\", \"\\u202eevil\", 3],"
            + " \"model\": {\"name\": \"Ink\", \"type\": \"LORA\"}}");
    JsonObject card = read("ink");
    assertEquals("[\"inked\",\"evil\",\"3\"]", card.get("triggers").toString());
    assertEquals("download", card.get("triggersFrom").getAsString());
    assertEquals(
        "https://civitai.com/models/12?modelVersionId=7", card.get("source").getAsString());
    Files.writeString(
        server.adapters().resolve("ink.civitai.info"),
        "{\"id\": \"7'\", \"modelId\": \"javascript:alert(1)\", \"trainedWords\": {}}");
    assertFalse(card("ink", c -> !c.has("source")).has("source"));
  }

  @Test
  void pulledAdaptersTellWhereTheyAreFrom() throws Exception {
    adapter("ink", Map.of("modelspec.author", "Mo"));
    Path note = server.adapters().resolve("ink.json");
    Files.writeString(
        note,
        "{\"activation text\": \"inked\", \"lora4j\": {\"source\": \"hf:ann/ink/ink.safetensors\","
            + " \"page\": \"https://huggingface.co/ann/ink\", \"revision\": \"abc\", \"title\":"
            + " \"Ink\", \"author\": \"ann\", \"licence\": \"mit\", \"base_model\": \"SD 1.5\"}}");
    JsonObject card = read("ink");
    assertEquals("hf:ann/ink/ink.safetensors", card.get("source").getAsString());
    assertEquals("https://huggingface.co/ann/ink", card.get("page").getAsString());
    assertEquals("abc", card.get("revision").getAsString());
    assertEquals("ink", card.get("title").getAsString(), "of the file itself");
    assertEquals("mit", card.get("license").getAsString());
    assertEquals("SD 1.5", card.get("trainedOn").getAsString());
    assertEquals("Mo", card.get("author").getAsString(), "of the file itself");
    // Notes that are changed on the page leave it as it is.
    server.client().post("/studio/library/notes", "{'name': 'ink', 'text': 'mine'}");
    assertEquals("hf:ann/ink/ink.safetensors", card("ink").get("source").getAsString());
    Files.writeString(
        note, "{\"lora4j\": {\"source\": {\"a\": 1}, \"page\": [\"x\"], \"title\": 3}}");
    JsonObject hostile = card("ink", c -> !c.has("source"));
    assertFalse(hostile.has("source"));
    assertFalse(hostile.has("page"));
    Files.writeString(note, "{\"lora4j\": \"hf:x/y\"}");
    assertFalse(card("ink").has("source"));
  }

  @Test
  void previewsArePicturesEncodedAnew() throws Exception {
    adapter("ink", Map.of());
    Path beside = server.adapters().resolve("ink.png");
    ImageIO.write(picture(1200, 600, Color.RED), "png", beside.toFile());
    StudioClient.Answer large =
        server.client().get(card("ink", c -> c.has("preview")).get("preview").getAsString());
    assertEquals("image/jpeg", large.header("content-type"));
    BufferedImage shown = ImageIO.read(new ByteArrayInputStream(large.bytes()));
    assertEquals(512, shown.getWidth());
    assertEquals(256, shown.getHeight());
    Path first = server.adapters().resolve("ink.preview.png");
    ImageIO.write(picture(32, 16, Color.BLUE), "png", first.toFile());
    StudioClient.Answer small = server.client().get("/studio/library/preview?name=ink");
    assertEquals("image/png", small.header("content-type"));
    assertEquals(
        Color.BLUE.getRGB(), ImageIO.read(new ByteArrayInputStream(small.bytes())).getRGB(3, 3));
    String[] bad = {"<svg xmlns='http://www.w3.org/2000/svg'/>", "<html></html>", ""};
    for (String content : bad) {
      Files.writeString(first, content);
      StudioClient.Answer answer = server.client().get("/studio/library/preview?name=ink");
      assertEquals(404, answer.status());
      assertTrue(answer.message().startsWith("ink.preview.png "), answer.message());
    }
    Files.delete(first);
    Files.delete(beside);
    Files.createSymbolicLink(beside, Path.of("/etc/hostname"));
    assertEquals(404, server.client().get("/studio/library/preview?name=ink").status());
  }

  @Test
  void pictureInTheHeaderIsShown() throws Exception {
    Path file = root.resolve("p.png");
    ImageIO.write(picture(16, 16, Color.GREEN), "png", file.toFile());
    String text = Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    adapter("ink", Map.of("modelspec.thumbnail", "data:image/png;base64," + text));
    adapter("bad", Map.of("modelspec.thumbnail", "data:text/html;base64,PGI+"));
    StudioClient.Answer shown = server.client().get(read("ink").get("preview").getAsString());
    assertEquals(
        Color.GREEN.getRGB(), ImageIO.read(new ByteArrayInputStream(shown.bytes())).getRGB(3, 3));
    assertEquals(404, server.client().get(read("bad").get("preview").getAsString()).status());
  }

  @Test
  void groupsAreKept() throws Exception {
    server
        .client()
        .post("/studio/library/groups", "{'group': 'people', 'adapters': ['a', 'b', 'a']}");
    server.client().post("/studio/library/groups", "{'group': 'ink <b>', 'adapters': ['a']}");
    assertEquals(
        "{\"people\":[\"a\",\"b\"],\"ink <b>\":[\"a\"]}",
        server.client().get("/studio/library").json().get("groups").toString());
    server.client().post("/studio/library/groups", "{'group': 'people', 'adapters': []}");
    assertEquals("{\"ink <b>\":[\"a\"]}", Files.readString(server.folder().resolve("groups.json")));
    Files.writeString(server.folder().resolve("groups.json"), "{\"half");
    StudioClient.Answer refused =
        server.client().post("/studio/library/groups", "{'group': 'x', 'adapters': ['a']}");
    assertEquals(500, refused.status());
    assertTrue(refused.message().contains("groups.json"), refused.message());
    assertEquals("{\"half", Files.readString(server.folder().resolve("groups.json")));
    assertTrue(
        server
            .client()
            .get("/studio/library")
            .json()
            .get("problems")
            .toString()
            .contains("groups"));
  }

  @Test
  void unknownFieldsAreRefusedByName() throws Exception {
    adapter("ink", Map.of());
    for (String path : new String[] {"notes", "groups", "refresh", "preview"}) {
      StudioClient.Answer answer =
          server.client().post("/studio/library/" + path, "{'name': 'ink', 'colour': 1}");
      assertEquals(400, answer.status(), path);
      assertTrue(answer.message().contains("'"), answer.message());
    }
    assertTrue(
        server
            .client()
            .post("/studio/library/notes", "{'name': 'ink', 'colour': 1}")
            .message()
            .startsWith("There is no field 'colour' here; there are name, text, triggers, weight"));
  }

  @Test
  void pagesAreToldOfNewFiles() throws Exception {
    adapter("ink", Map.of());
    read("ink");
    CountDownLatch connected = new CountDownLatch(1);
    CountDownLatch told = new CountDownLatch(1);
    HttpRequest events = HttpRequest.newBuilder(server.client().uri("/studio/events")).build();
    CompletableFuture<Void> stream =
        server
            .client()
            .client()
            .sendAsync(events, HttpResponse.BodyHandlers.ofLines())
            .thenAcceptAsync(answer -> answer.body().forEach(line -> told(line, connected, told)));
    assertTrue(connected.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    adapter("glow", Map.of());
    assertTrue(
        told.await(PATIENCE.toSeconds(), TimeUnit.SECONDS),
        "after some event the list has the new adapter");
    stream.cancel(true);
  }

  private void told(String line, CountDownLatch connected, CountDownLatch told) {
    try {
      if (line.equals("event: connected")) {
        connected.countDown();
      } else if (line.equals("event: library")
          && server.client().get("/studio/library").text().contains("glow.safetensors")) {
        told.countDown();
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatWasReadIsRemembered() throws Exception {
    adapter("ink", Map.of("modelspec.title", "Ink"));
    JsonObject before = read("ink");
    server.close();
    server = new LibraryServer(root);
    JsonObject at = card("ink");
    at.remove("sha256");
    before.remove("sha256");
    assertEquals(before, at, "nothing was read for the first answer");
    adapter("ink", Map.of("modelspec.title", "Another"));
    assertEquals(
        "Another",
        card("ink", c -> c.has("title") && c.get("title").getAsString().equals("Another"))
            .get("title")
            .getAsString());
    server.close();
    Files.writeString(server.folder().resolve("library.json"), "{\"version\":\"1\",\"adap");
    server = new LibraryServer(root);
    assertEquals("Another", read("ink").get("title").getAsString());
  }

  @Test
  void adaptersOfRunsAreNotListed() throws Exception {
    adapter("ink", Map.of());
    adapter("ink.run/adapters/ink-step00000500", Map.of());
    JsonObject list = server.client().get("/studio/library").json();
    assertEquals(1, list.getAsJsonArray("adapters").size());
    assertEquals(
        200,
        server
            .client()
            .get("/studio/library/adapter", "name", "ink.run/adapters/ink-step00000500")
            .status());
  }
}
