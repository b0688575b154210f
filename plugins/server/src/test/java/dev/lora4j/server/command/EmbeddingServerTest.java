package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.server.schedule.QueueLimits;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Embeddings behind OpenAI's protocol, of a small encoder of random numbers. */
@Timeout(120)
class EmbeddingServerTest {
  private static final String PATH = "/v1/embeddings";
  private static final float CLOSE = 1e-5f;

  @TempDir private static Path folder;
  private static RunningServer server;

  @BeforeAll
  static void open() throws IOException {
    Path model = SmallEncoder.write(folder.resolve("bert"));
    Files.writeString(
        model.resolve("modules.json"),
        """
        [{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},
         {"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"},
         {"idx":2,"name":"2","path":"2","type":"sentence_transformers.models.Normalize"}]
        """);
    Files.writeString(
        Files.createDirectories(model.resolve("1_Pooling")).resolve("config.json"),
        "{\"pooling_mode_cls_token\":false,\"pooling_mode_mean_tokens\":true}");
    Path adapters = Files.createDirectories(folder.resolve("adapters"));
    server =
        new RunningServer(
            folder.resolve("state"),
            adapters,
            QueueLimits.DEFAULT,
            1,
            List.of(new BaseOption("bert", model)));
    for (int i = 0; i < 2; i++) {
      Path file = adapters.resolve("style" + i);
      RandomAdapters.write(file, server.encoder().base().family(), "query", i, 1f);
    }
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static float[] own(String text, MixPlan mix) {
    float[] mean = server.encoder().embeddings(List.of(text), List.of(mix)).get(0);
    double square = 0;
    for (float value : mean) {
      square += value * value;
    }
    float[] unit = mean.clone();
    for (int i = 0; i < unit.length; i++) {
      unit[i] /= (float) Math.sqrt(square);
    }
    return unit;
  }

  private static MixPlan style(int number) {
    Path file = folder.resolve("adapters").resolve("style" + number);
    return MixPlan.of(server.encoder().adapter(file), 1);
  }

  private static JsonObject embed(String body) throws Exception {
    HttpResponse<String> response = server.post(PATH, body.replace('\'', '"'));
    assertEquals(200, response.statusCode(), response.body());
    return RunningServer.json(response);
  }

  private static float[] numbers(JsonElement one) {
    JsonArray numbers = one.getAsJsonObject().getAsJsonArray("embedding");
    float[] all = new float[numbers.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = numbers.get(i).getAsFloat();
    }
    return all;
  }

  @Test
  void embeddingsAreUnitMeansOfTokens() throws Exception {
    JsonObject answer = embed("{'model':'bert','input':['a red fox','whale']}");
    JsonArray data = answer.getAsJsonArray("data");
    assertArrayEquals(own("a red fox", MixPlan.NONE), numbers(data.get(0)), CLOSE);
    assertArrayEquals(own("whale", MixPlan.NONE), numbers(data.get(1)), CLOSE);
    assertEquals(1, data.get(1).getAsJsonObject().get("index").getAsInt());
    assertEquals("bert", answer.get("model").getAsString());
    assertEquals(4, answer.getAsJsonObject("usage").get("total_tokens").getAsInt());
  }

  @Test
  void base64IsTheBytesOfTheNumbers() throws Exception {
    JsonObject one =
        embed("{'input':'blue whale','encoding_format':'base64','user':'me'}")
            .getAsJsonArray("data")
            .get(0)
            .getAsJsonObject();
    byte[] bytes = Base64.getDecoder().decode(one.get("embedding").getAsString());
    float[] found = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(found);
    assertArrayEquals(own("blue whale", MixPlan.NONE), found, CLOSE);
  }

  @Test
  void tokensAreTakenAsTheirText() throws Exception {
    float[] expected = own("red fox", MixPlan.NONE);
    assertArrayEquals(
        expected, numbers(embed("{'input':[2,3]}").getAsJsonArray("data").get(0)), CLOSE);
    JsonArray lists = embed("{'input':[[2,3],[5]]}").getAsJsonArray("data");
    assertArrayEquals(expected, numbers(lists.get(0)), CLOSE);
    assertArrayEquals(own("whale", MixPlan.NONE), numbers(lists.get(1)), CLOSE);
  }

  @Test
  void everyRequestHasItsAdapter() throws Exception {
    float[][] expected = {
      own("a red fox sings", style(0)), own("a red fox sings", style(1)),
    };
    assertFalse(Arrays.equals(expected[0], expected[1]));
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      String body = "{\"model\":\"style%d\",\"input\":\"a red fox sings\"}".formatted(i % 2);
      answers.add(
          server
              .client()
              .sendAsync(server.request(PATH, body), HttpResponse.BodyHandlers.ofString()));
    }
    for (int i = 0; i < 12; i++) {
      JsonObject answer = RunningServer.json(answers.get(i).get());
      assertArrayEquals(
          expected[i % 2], numbers(answer.getAsJsonArray("data").get(0)), CLOSE, "request " + i);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {'input':'x','model':'tiny-lm'} | 404 | makes no embeddings
          {'input':'x','model':'nobody'} | 404 | nobody
          {'input':'x','dimensions':2} | 400 | dimensions must be
          {'input':'x','encoding_format':'int8'} | 400 | float, base64
          {'input':[]} | 400 | 1 to 2048
          {'input':''} | 400 | 0 tokens
          {} | 400 | input must be
          """)
  void mistakesAreNamed(String body, int status, String part) throws Exception {
    HttpResponse<String> response = server.post(PATH, body.replace('\'', '"'));
    assertEquals(status, response.statusCode(), response.body());
    assertTrue(response.body().contains(part), response.body());
  }

  @Test
  void encodersGenerateNoTexts() throws Exception {
    HttpResponse<String> response =
        server.post("/v1/completions", "{\"prompt\":\"x\",\"model\":\"bert\"}");
    assertEquals(404, response.statusCode(), response.body());
    assertTrue(response.body().contains("makes no texts"), response.body());
  }
}
