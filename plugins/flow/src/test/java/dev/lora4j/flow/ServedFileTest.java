package dev.lora4j.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.ReferenceImage;
import dev.lora4j.server.command.Serving;
import dev.lora4j.server.command.ServingOptions;
import dev.lora4j.server.guard.GuardOptions;
import dev.lora4j.server.guard.RequestGuard;
import dev.lora4j.server.http.HttpServer;
import dev.lora4j.server.http.ServerOptions;
import dev.lora4j.studio.action.BaseArguments;
import dev.lora4j.studio.workspace.Workspace;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A tiny FLUX.1 in one file, served to other programs and in the studio. */
class ServedFileTest {
  private static final int SIDE = 16;

  @TempDir private Path folder = Path.of("");

  private static ServingOptions options(String... words) {
    ServingOptions options = new ServingOptions();
    CommandLine.populateCommand(options, words);
    return options;
  }

  private static String refusal(String... words) {
    Failure failure = assertThrows(Failure.class, () -> options(words).require());
    return String.valueOf(failure.getMessage());
  }

  private static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, SIDE, SIDE, null, 0, SIDE);
  }

  private static BufferedImage orange() {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    image.setRGB(3, 3, 0xff8000);
    image.setRGB(12, 9, 0x0040ff);
    return image;
  }

  private static String sent(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static JsonObject posted(HttpServer server, String body) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + "/v1/images/generations");
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    String answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    return JsonParser.parseString(answer).getAsJsonObject();
  }

  private static int[] picture(JsonObject answer) throws IOException {
    assertTrue(answer.has("data"), answer.toString());
    String file =
        answer.getAsJsonArray("data").get(0).getAsJsonObject().get("b64_json").getAsString();
    return pixels(ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(file))));
  }

  @Test
  void fileIsServedWithTheConfigurationsOfAFolder() throws Exception {
    Path whole = PackedModel.FLUX.write(TinyPipeline.FLUX, folder.resolve("whole.safetensors"));
    Path config = TinyPipeline.FLUX.source().toAbsolutePath();
    ServingOptions options =
        options(
            "--base=flux=" + whole,
            "--base-config=" + config,
            "--compute=f32",
            "--log=" + folder.resolve("log.txt"));
    options.require();
    Console console = Console.of(System.out, System.err);
    try (Serving serving = options.open(console);
        HttpServer server =
            HttpServer.open(
                ServerOptions.loopback(0),
                RequestGuard.of(GuardOptions.strict().requireToken(false)),
                serving.routes())) {
      StableDiffusion sd = serving.catalogue().pictures().get(0).base();
      Prompt fox = Prompt.of("a fox").seed(3).steps(2).size(SIDE, SIDE);
      String asked = "{\"prompt\": \"a fox\", \"seed\": 3, \"steps\": 2, \"size\": \"16x16\"";
      assertArrayEquals(pixels(sd.generate(fox).image()), picture(posted(server, asked + "}")));
      ReferenceImage reference = ReferenceImage.fitted("one", orange(), 4, 128);
      String beside = asked + ", \"reference_images\": [\"" + sent(orange()) + "\"]";
      assertArrayEquals(
          pixels(sd.generate(fox.references(List.of(reference))).image()),
          picture(posted(server, beside + "}")));
      String negative = ", \"negative_prompt\": \"blurry\", \"true_cfg_scale\": 3}";
      assertArrayEquals(
          pixels(sd.generate(fox.negative("blurry").trueCfg(3)).image()),
          picture(posted(server, asked + negative)));
      String refused = posted(server, asked + ", \"negative_prompt\": \"blurry\"}").toString();
      assertTrue(refused.contains("only with a true CFG scale"), refused);
      Workspace workspace = new Workspace(folder, List.of(folder), folder.toAbsolutePath());
      assertEquals(
          List.of("--base", "whole.safetensors", "--base-config", config.toString()),
          new BaseArguments(workspace, serving.catalogue()).named("flux"));
    }
  }

  @Test
  void configurationsWithoutOneFileAreRefused() {
    String base = "--base=" + TinyPipeline.FLUX.source();
    String config = "--base-config=" + TinyPipeline.FLUX.source();
    assertTrue(refusal(base, config).contains("--base-config is for a base in one file"));
    assertTrue(refusal(config).contains("--base-config is for one base of pictures"));
    assertTrue(refusal(base, base, config).contains("--base-config is for one base"));
  }
}
