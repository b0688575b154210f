package dev.lora4j.studio.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.diffusion.evaluation.VerdictTable;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Actions that make files, from the request to what a page finds. */
class ActionJobsTest {
  @TempDir private static Path root;
  private static RunningStudio studio;

  @BeforeAll
  static void open() throws IOException {
    studio = new RunningStudio(root);
  }

  @AfterAll
  static void close() {
    studio.close();
  }

  private static JsonObject done(String action, String request) throws Exception {
    StudioClient.Answer answer =
        studio.client().post("/studio/actions/" + action + "?wait=1", request);
    assertEquals(200, answer.status(), answer.text());
    assertEquals("done", job(answer.json()).get("state").getAsString(), answer.text());
    return answer.json();
  }

  private static JsonObject job(JsonObject answer) {
    return answer.getAsJsonObject("job");
  }

  private static List<String> files(JsonObject answer) {
    return StreamSupport.stream(job(answer).getAsJsonArray("files").spliterator(), false)
        .map(file -> file.getAsJsonObject().get("name").getAsString())
        .toList();
  }

  private static byte[] file(JsonObject answer, String name) throws Exception {
    for (JsonElement file : job(answer).getAsJsonArray("files")) {
      if (file.getAsJsonObject().get("name").getAsString().equals(name)) {
        return studio.client().get(file.getAsJsonObject().get("url").getAsString()).bytes();
      }
    }
    throw new AssertionError("no " + name + " in " + answer);
  }

  private static int[] pixels(byte[] png) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  @Test
  void gridHasThePicturesOfTheBlend() throws Exception {
    JsonObject made =
        done(
            "grid",
            "{'prompt': 'a fox', 'seed': 2, 'adapters': [{'name': 'glossy'}], 'axes': {'x':"
                + " 'lora:glossy=0,1', 'z': 'steps=1,2'}}");
    assertEquals(
        List.of(
            "grid-z01.png",
            "grid-z02.png",
            "z01-y01-x01.png",
            "z01-y01-x02.png",
            "z02-y01-x01.png",
            "z02-y01-x02.png"),
        files(made));
    BufferedImage sheet = ImageIO.read(new ByteArrayInputStream(file(made, "grid-z02.png")));
    BufferedImage single = ImageIO.read(new ByteArrayInputStream(file(made, "z01-y01-x01.png")));
    assertTrue(sheet.getWidth() > 2 * single.getWidth());
    String blend =
        "{'prompt': 'a fox', 'steps': 2, 'seed': 2, 'adapters': [{'name': 'glossy', 'weight':"
            + " 1}]}";
    byte[] shown = studio.client().post("/studio/picture", blend).bytes();
    assertArrayEquals(pixels(shown), pixels(file(made, "z02-y01-x02.png")));
    assertFalse(Arrays.equals(pixels(shown), pixels(file(made, "z02-y01-x01.png"))), "weight 0");
  }

  @Test
  void evaluationHasScoresAndSheet() throws Exception {
    JsonObject made =
        done(
            "evaluate",
            "{'adapter': 'glossy', 'weight': 0.8, 'style': 'glossy', 'concepts': 2, 'perConcept':"
                + " 1, 'steps': 2}");
    assertEquals(List.of("pictures.csv", "scores.json", "sheet.png"), files(made));
    String table = new String(file(made, "pictures.csv"), StandardCharsets.UTF_8);
    assertTrue(table.startsWith(VerdictTable.HEADER), table);
    assertEquals(1 + 2 * 2 * 2, table.lines().count(), "concepts, styles, with and without");
    JsonObject scores = made.getAsJsonObject("output");
    String written = new String(file(made, "scores.json"), StandardCharsets.UTF_8);
    assertEquals(scores, JsonParser.parseString(written));
    for (String kind : List.of("adapter", "base")) {
      double share =
          scores.getAsJsonObject("kinds").getAsJsonObject(kind).get("style").getAsDouble();
      assertTrue(share >= 0 && share <= 1, kind);
    }
    assertTrue(scores.getAsJsonArray("targets").size() > 2);
    assertTrue(ImageIO.read(new ByteArrayInputStream(file(made, "sheet.png"))).getWidth() > 100);
  }

  @Test
  void truthsAreADataSet() throws Exception {
    Path set = Files.createDirectories(root.resolve("studio/pictures/mine"));
    StudioClient.Answer answer =
        studio.client().post("/studio/actions/evaluate/command", "{'truths': 'mine'}");
    assertEquals(200, answer.status(), answer.text());
    String words = answer.json().getAsJsonArray("arguments").toString();
    assertTrue(words.startsWith("[\"evaluate\",\"--style\",\"" + set + "\""), words);
  }

  @Test
  void pulledAdapterIsInTheLibrary() throws Exception {
    byte[] adapter = Files.readAllBytes(BundledModel.adapter());
    HttpServer hub =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hub.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, adapter.length);
          exchange.getResponseBody().write(adapter);
          exchange.close();
        });
    hub.start();
    try {
      String link = "http://127.0.0.1:" + hub.getAddress().getPort() + "/";
      String request = "{'source': '" + link + "ink.safetensors', 'name': 'styles/mine'}";
      done("pull", request);
      Path file = studio.adapters().resolve("styles/mine.safetensors");
      assertArrayEquals(adapter, Files.readAllBytes(file));
      studio.client().post("/studio/library/refresh", "{}");
      JsonObject card =
          studio.client().get("/studio/library/adapter", "name", "styles/mine").json();
      assertEquals(link + "ink.safetensors", card.get("source").getAsString());

      // Another file is not written over unasked.
      Files.writeString(studio.adapters().resolve("other.safetensors"), "mine");
      StudioClient.Answer there =
          studio
              .client()
              .post(
                  "/studio/actions/pull?wait=1",
                  "{'source': '" + link + "ink.safetensors', 'name': 'other'}");
      String why = job(there.json()).get("message").getAsString();
      assertEquals("failed", job(there.json()).get("state").getAsString());
      assertTrue(why.contains("--overwrite"), why);
      assertEquals("mine", Files.readString(studio.adapters().resolve("other.safetensors")));
    } finally {
      hub.stop(0);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          grid     | 'axes': {'x': 'seed=1'}, 'output': '/tmp/x'        | There is no field 'output' here
          grid     | 'axes': {'x': 'seed=1', 'w': 'seed=1'}             | There is no field 'axes.w' here; there are x, y, z.
          grid     | 'axes': {'y': 'seed=1'}                            | axes.x must say what changes from left to right, such as seed=1-4.
          grid     | 'axes': {'x': 'seed'}                              | axes.x must be NAME=VALUES, such as seed=1-4, found 'seed'.
          grid     | 'axes': 'seed=1'                                   | axes must be an object
          grid     | 'steps': 2                                         | axes must be an object with x, but it is missing.
          grid     | 'axes': {'x': 'seed=1'}, 'steps': 0                | steps must be a whole number from 1
          grid     | 'axes': {'x': 'seed=1'}, 'adapters': [{'name': '../../secret'}] | adapters[0].name: There is no adapter ../../secret.
          evaluate | 'style': 'ink', 'folder': '/etc'                   | There is no field 'folder' here
          evaluate | 'style': '/etc'                                    | style must be ink, glossy, pixel, found '/etc'. For a style of your own, name a data set of its pictures in truths.
          evaluate | 'truths': '../..'                                  | There is no set of pictures '../..'
          evaluate | 'style': 'ink', 'truths': 'mine'                   | Name one of style and truths
          evaluate | 'concepts': 3                                      | Name one of style and truths
          evaluate | 'style': 'ink', 'adapter': '/etc/passwd'           | adapter: There is no adapter /etc/passwd.
          evaluate | 'style': 'ink', 'weight': 0.5                      | weight is an adapter's. Name one in adapter, or leave weight out.
          evaluate | 'style': 'ink', 'concepts': 'many'                 | concepts must be a whole number from 1 to 100000
          pull     | 'to': '/tmp', 'source': 'hf:a/b'                   | There is no field 'to' here
          pull     | 'source': '--help'                                 | source must not begin with a dash.
          pull     | 'source': ' '                                      | source must be hf:OWNER/REPO, civitai:NUMBER or an https: address.
          pull     | 'source': 'hf:a/b', 'name': '../x'                 | name must be a name for a file
          pull     | 'source': 'hf:a/b', 'file': '--all'                | A command line cannot say '--all' as --file
          """)
  void hostileRequestsAreRefused(String action, String fields, String message) throws Exception {
    String prompt = action.equals("grid") ? "'prompt': 'a fox', " : "";
    StudioClient.Answer answer =
        studio.client().post("/studio/actions/" + action, "{" + prompt + fields + "}");
    assertTrue(answer.status() == 400 || answer.status() == 404, answer.text());
    assertTrue(answer.message().startsWith(message), answer.message());
  }

  @Test
  void aColonInANameIsNoWeight() throws Exception {
    Path file = studio.adapters().resolve("odd:0.5.safetensors");
    Files.copy(BundledModel.adapter(), file);
    StudioClient.Answer answer =
        studio
            .client()
            .post(
                "/studio/actions/evaluate/command",
                "{'style': 'ink', 'adapter': 'odd:0.5', 'weight': 0.7}");
    assertEquals(400, answer.status());
    assertTrue(answer.message().endsWith("Rename the file."), answer.message());
  }
}
