package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.server.schedule.QueueLimits;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import javax.imageio.ImageIO;

/** A running server behind A1111's protocol. */
final class A1111Server implements AutoCloseable {
  private static final String ROOT = "/sdapi/v1/";

  private final RunningServer server;

  A1111Server(Path state) throws IOException {
    Path adapters = BundledModel.adapter().toAbsolutePath().getParent();
    server = new RunningServer(state, adapters, QueueLimits.DEFAULT, 1);
  }

  StableDiffusion pictures() {
    return server.pictures();
  }

  int port() {
    return server.uri("/").getPort();
  }

  /** JSON with single quotes, which are easier to read in Java. */
  private static String body(String json) {
    return json.replace('\'', '"');
  }

  HttpResponse<String> post(String name, String json) throws Exception {
    return server.post(ROOT + name, body(json));
  }

  CompletableFuture<HttpResponse<String>> later(String name, String json) {
    return server
        .client()
        .sendAsync(server.request(ROOT + name, body(json)), HttpResponse.BodyHandlers.ofString());
  }

  JsonObject posted(String name, String json) throws Exception {
    HttpResponse<String> response = post(name, json);
    assertEquals(200, response.statusCode(), response.body());
    return RunningServer.json(response);
  }

  JsonElement got(String name) throws Exception {
    HttpResponse<String> response = server.get(ROOT + name);
    assertEquals(200, response.statusCode(), response.body());
    return JsonParser.parseString(response.body());
  }

  static JsonObject info(JsonObject answer) {
    return JsonParser.parseString(answer.get("info").getAsString()).getAsJsonObject();
  }

  /** Pixels of an answered picture. */
  static int[] pixels(JsonObject answer, int index) throws IOException {
    JsonArray images = answer.getAsJsonArray("images");
    byte[] file = Base64.getDecoder().decode(images.get(index).getAsString());
    return pixels(ImageIO.read(new ByteArrayInputStream(file)));
  }

  static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  /** A picture as requests have it. */
  static String sent(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  @Override
  public void close() {
    server.close();
  }
}
