package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.diffusion.request.FewSteps;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.server.schedule.QueueLimits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that say no sampler, steps or guidance, with adapters whose headers do. */
class FewStepsServerTest {
  private static final FewSteps FAST = new FewSteps("lcm", 3, 1);
  private static final FewSteps OTHER = new FewSteps("tcd", 2, 1.5);

  @TempDir private static Path root;
  private static RunningServer server;
  private static Adapter fast;

  @BeforeAll
  static void open() throws IOException {
    Path adapters = root.resolve("adapters");
    server = new RunningServer(root.resolve("state"), adapters, QueueLimits.DEFAULT, 1);
    fast = adapter(adapters.resolve("fast"), 1, FAST);
    adapter(adapters.resolve("other"), 2, OTHER);
  }

  private static Adapter adapter(Path folder, long seed, FewSteps use) {
    RandomAdapters.write(
        folder, server.pictures().family(), "attn", seed, 0.1f, use.metadata().entries());
    return server.pictures().adapter(folder);
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static JsonObject posted(String path, String body) throws Exception {
    HttpResponse<String> response = server.post(path, body.replace('\'', '"'));
    assertEquals(200, response.statusCode(), response.body());
    return RunningServer.json(response);
  }

  private static JsonObject openAi(String more) throws Exception {
    return posted("/v1/images/generations", "{'prompt':'a fox','seed':5," + more + "}")
        .getAsJsonArray("data")
        .get(0)
        .getAsJsonObject();
  }

  private static String used(JsonObject picture) {
    return picture.get("sampler").getAsString()
        + " "
        + picture.get("steps").getAsInt()
        + " "
        + picture.get("guidance_scale").getAsDouble();
  }

  private static int[] pixels(String base64) throws IOException {
    byte[] file = Base64.getDecoder().decode(base64);
    return A1111Server.pixels(ImageIO.read(new ByteArrayInputStream(file)));
  }

  private static Prompt fox() {
    return Prompt.of("a fox").seed(5).mix(MixPlan.of(fast, 1));
  }

  @Test
  void openAiPicturesTakeWhatTheyDoNotSayFromTheHeader() throws Exception {
    JsonObject picture = openAi("'model':'fast'");
    assertEquals("lcm 3 1.0", used(picture));
    Prompt said = fox().sampler("lcm").steps(3).guidance(1);
    assertArrayEquals(
        A1111Server.pixels(server.pictures().generate(said).image()),
        pixels(picture.get("b64_json").getAsString()));
    assertEquals("euler 4 1.0", used(openAi("'model':'fast','sampler':'euler','steps':4")));
    assertEquals("lcm 10 2.0", used(openAi("'model':'fast','quality':'low','guidance_scale':2")));
  }

  @Test
  void firstAdapterThatTakesPartDecides() throws Exception {
    assertEquals("lcm 3 1.0", used(openAi("'model':'fast:0.5+other'")));
    assertEquals("tcd 2 1.5", used(openAi("'model':'other+fast'")));
    assertEquals("tcd 2 1.5", used(openAi("'model':'fast:0+other'")));
    String base = used(openAi("'model':'emoji-sd'"));
    assertTrue(base.contains(" 20 "), base);
    assertEquals(base, used(openAi("'model':'fast:0'")));
  }

  @Test
  void a1111PicturesTakeWhatTheyDoNotSayFromTheHeader() throws Exception {
    String body = "{'prompt':'a fox <lora:fast:1:step=2-3>','width':64,'height':64,'seed':5%s}";
    JsonObject answer = posted("/sdapi/v1/txt2img", body.formatted(""));
    JsonObject info = JsonParser.parseString(answer.get("info").getAsString()).getAsJsonObject();
    assertEquals("LCM", info.get("sampler_name").getAsString());
    assertEquals(3, info.get("steps").getAsInt());
    assertEquals(1, info.get("cfg_scale").getAsDouble());
    assertEquals(3, answer.getAsJsonObject("parameters").get("steps").getAsInt());
    String text = info.getAsJsonArray("infotexts").get(0).getAsString();
    assertTrue(text.contains("Steps: 3, Sampler: lcm"), text);
    // The tag counts the steps that are made, not A1111's usual 50.
    MixPlan second = MixPlan.of(fast, Weight.steps(1 / 3.0, 2 / 3.0, 1));
    Prompt said = fox().mix(second).size(64, 64).sampler("lcm").steps(3).guidance(1);
    assertArrayEquals(
        A1111Server.pixels(server.pictures().generate(said).image()),
        A1111Server.pixels(answer, 0));
  }

  @Test
  void a1111RequestsThatSayThemCount() throws Exception {
    JsonObject answer =
        posted(
            "/sdapi/v1/txt2img",
            "{'prompt':'a fox <lora:fast:1>','width':64,'height':64,'seed':5,'steps':4,"
                + "'sampler_index':'Euler'}");
    JsonObject info = A1111Server.info(answer);
    assertEquals("Euler", info.get("sampler_name").getAsString());
    assertEquals(4, info.get("steps").getAsInt());
    assertEquals(1, info.get("cfg_scale").getAsDouble());
  }
}
