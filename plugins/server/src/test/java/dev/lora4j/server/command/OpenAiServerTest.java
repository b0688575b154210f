package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.server.schedule.QueueLimits;
import dev.lora4j.text.pipeline.TextPrompt;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bundled models behind OpenAI's protocol, on a real socket. */
class OpenAiServerTest {
  private static final String IMAGES = "/v1/images/generations";
  private static final String COMPLETIONS = "/v1/completions";
  private static final String CHATS = "/v1/chat/completions";

  @TempDir private static Path state;
  private static RunningServer server;

  @BeforeAll
  static void open() throws IOException {
    Path adapters = BundledModel.adapter().toAbsolutePath().getParent();
    server = new RunningServer(state, adapters, QueueLimits.DEFAULT, 1);
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static JsonObject posted(String path, String body) throws Exception {
    HttpResponse<String> response = server.post(path, body);
    assertEquals(200, response.statusCode(), response.body());
    return RunningServer.json(response);
  }

  private static int[] pixels(JsonElement picture) throws IOException {
    byte[] file =
        Base64.getDecoder().decode(picture.getAsJsonObject().get("b64_json").getAsString());
    return pixels(ImageIO.read(new ByteArrayInputStream(file)));
  }

  private static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  @Test
  void picturesAreThoseOfTheLibrary() throws Exception {
    JsonArray data =
        posted(
                IMAGES,
                "{\"model\":\"emoji-sd+glossy:0.7\",\"prompt\":\"a fox\",\"n\":2,\"seed\":5,"
                    + "\"steps\":3,\"style\":\"vivid\"}")
            .getAsJsonArray("data");
    assertEquals(2, data.size());
    MixPlan mix = MixPlan.of(server.pictures().adapter(BundledModel.adapter()), 0.7);
    for (int i = 0; i < 2; i++) {
      Prompt prompt = Prompt.of("a fox").seed(5 + i).steps(3).mix(mix);
      assertArrayEquals(
          pixels(server.pictures().generate(prompt).image()), pixels(data.get(i)), "picture " + i);
      assertEquals(5 + i, data.get(i).getAsJsonObject().get("seed").getAsLong());
    }
  }

  @Test
  void adaptersInThePromptCountToo() throws Exception {
    String body = "{\"prompt\":\"a fox %s\",\"seed\":5,\"steps\":3,\"model\":\"%s\"}";
    JsonObject tagged = posted(IMAGES, body.formatted("<lora:glossy:0.7>", ""));
    JsonObject named = posted(IMAGES, body.formatted("", "glossy:0.7"));
    assertArrayEquals(
        pixels(named.getAsJsonArray("data").get(0)), pixels(tagged.getAsJsonArray("data").get(0)));
  }

  @Test
  void fieldsWithoutEffectAreNamed() throws Exception {
    HttpResponse<String> response =
        server.post(IMAGES, "{\"prompt\":\"x\",\"steps\":1,\"style\":\"vivid\",\"user\":\"me\"}");
    assertEquals("style, user", response.headers().firstValue("x-lora4j-ignored").orElse(""));
  }

  @Test
  void completionsAreThoseOfTheLibrary() throws Exception {
    JsonObject answer =
        posted(
            COMPLETIONS,
            "{\"prompt\":[\"My fellow citizens\",\"The\"],\"max_tokens\":9,\"temperature\":0}");
    JsonArray choices = answer.getAsJsonArray("choices");
    List<String> texts = List.of("My fellow citizens", "The");
    for (int i = 0; i < 2; i++) {
      String own = server.texts().generate(TextPrompt.of(texts.get(i)).tokens(9)).text();
      assertEquals(own, choices.get(i).getAsJsonObject().get("text").getAsString());
    }
    assertEquals(18, answer.getAsJsonObject("usage").get("completion_tokens").getAsInt());
  }

  @Test
  void streamedPiecesAreTheWholeText() throws Exception {
    String body =
        "{\"messages\":[{\"role\":\"user\",\"content\":\"My fellow citizens, the\"}],"
            + "\"temperature\":0,\"max_tokens\":12,\"n\":2%s}";
    JsonObject whole = posted(CHATS, body.formatted(""));
    HttpResponse<String> streamed =
        server.post(
            CHATS, body.formatted(",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
    assertTrue(
        streamed.headers().firstValue("content-type").orElse("").startsWith("text/event-stream"));
    List<String> events = events(streamed.body());
    assertEquals("[DONE]", events.get(events.size() - 1));
    String[] texts = {"", ""};
    int usage = 0;
    for (String event : events.subList(0, events.size() - 1)) {
      JsonObject chunk = JsonParser.parseString(event).getAsJsonObject();
      assertEquals("chat.completion.chunk", chunk.get("object").getAsString());
      for (JsonElement choice : chunk.getAsJsonArray("choices")) {
        JsonObject delta = choice.getAsJsonObject().getAsJsonObject("delta");
        int index = choice.getAsJsonObject().get("index").getAsInt();
        texts[index] += delta.has("content") ? delta.get("content").getAsString() : "";
      }
      usage += chunk.has("usage") ? 1 : 0;
    }
    assertEquals(1, usage);
    for (int i = 0; i < 2; i++) {
      JsonObject choice = whole.getAsJsonArray("choices").get(i).getAsJsonObject();
      String said = choice.getAsJsonObject("message").get("content").getAsString();
      assertFalse(said.isEmpty());
      assertEquals(said, texts[i]);
    }
  }

  private static List<String> events(String body) {
    List<String> events = new ArrayList<>();
    for (String line : body.split("\n", -1)) {
      if (line.startsWith("data:")) {
        events.add(line.substring("data:".length()).strip());
      }
    }
    return events;
  }

  @Test
  void logProbabilitiesSumToAtMostOne() throws Exception {
    JsonObject answer =
        posted(
            CHATS,
            "{\"messages\":[{\"role\":\"user\",\"content\":\"The people\"}],\"temperature\":0,"
                + "\"max_tokens\":4,\"logprobs\":true,\"top_logprobs\":3}");
    JsonArray content =
        answer
            .getAsJsonArray("choices")
            .get(0)
            .getAsJsonObject()
            .getAsJsonObject("logprobs")
            .getAsJsonArray("content");
    assertEquals(4, content.size());
    for (JsonElement token : content) {
      JsonArray likeliest = token.getAsJsonObject().getAsJsonArray("top_logprobs");
      assertEquals(3, likeliest.size());
      double sum = 0;
      for (JsonElement one : likeliest) {
        sum += Math.exp(one.getAsJsonObject().get("logprob").getAsDouble());
      }
      assertTrue(sum > 0 && sum <= 1.0001, "sum " + sum);
      // Greedy: the chosen token is the likeliest.
      assertEquals(
          likeliest.get(0).getAsJsonObject().get("token"), token.getAsJsonObject().get("token"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          /v1/images/generations | {'prompt':'x','size':'63x64'} | 400 | multiples of 16 pixels
          /v1/images/generations | {'prompt':'x','size':'big'} | 400 | size must be auto or WIDTHxHEIGHT
          /v1/images/generations | {'prompt':'x','quality':'best'} | 400 | quality must be auto, low, medium
          /v1/images/generations | {'prompt':'x','sampler':'eler'} | 400 | euler
          /v1/images/generations | {'prompt':'x','background':'transparent'} | 400 | auto, opaque
          /v1/images/generations | {'prompt':'x','model':'glosy'} | 404 | glossy
          /v1/images/generations | {'prompt':'x','model':'tiny-lm'} | 404 | makes no pictures
          /v1/images/generations | {'prompt':'<lora:glossy:x>'} | 400 | prompt:
          /v1/images/generations | {} | 400 | prompt must be a text
          /v1/images/generations | {'prompt':'x','true_cfg_scale':0.5} | 400 | true_cfg_scale
          /v1/images/generations | {'prompt':'x','true_cfg_scale':4} | 400 | is not told the guidance scale
          /v1/images/generations | {'prompt':'x','reference_images':['fox']} | 400 | reference_images[0]
          /v1/images/generations | {'prompt':'x','reference_images':['iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mP438CAFTEMLQkAqbNfwTPooMgAAAAASUVORK5CYII=']} | 400 | takes no reference pictures
          /v1/chat/completions | {'messages':[]} | 400 | at least one message
          /v1/chat/completions | {'messages':[{'role':'user'}]} | 400 | messages[0].content
          /v1/chat/completions | {'messages':[{'role':'user','content':[{'type':'image_url'}]}]} | 400 | texts alone
          /v1/chat/completions | {'messages':[{'role':'user','content':'x'}],'temperature':3} | 400 | temperature
          /v1/chat/completions | {'messages':[{'role':'user','content':'x'}],'top_p':0} | 400 | top_p
          /v1/chat/completions | {'messages':[{'role':'user','content':'x'}],'tools':[{}]} | 400 | no tools
          /v1/chat/completions | {'messages':[{'role':'user','content':'x'}],'model':'emoji-sd'} | 404 | makes no texts
          /v1/chat/completions | {'messages':[{'role':'user','content':'x'}],'model':'glossy'} | 400 | glossy
          /v1/chat/completions | {'messages':[{'role':'user','content':'x'}],'presence_penalty':1} | 400 | repetition_penalty
          /v1/completions | {'prompt':''} | 400 | The prompt is empty
          /v1/completions | {'prompt':[]} | 400 | 1 to 64 prompts
          /v1/completions | {'prompt':'x','logprobs':21} | 400 | 0 to 20
          """)
  void mistakesAreNamed(String path, String body, int status, String part) throws Exception {
    HttpResponse<String> response = server.post(path, body.replace('\'', '"'));
    assertEquals(status, response.statusCode(), response.body());
    assertTrue(response.body().contains(part), response.body());
    assertFalse(response.body().contains(System.getProperty("user.dir")), response.body());
    if (status != 200) {
      JsonObject error = RunningServer.json(response).getAsJsonObject("error");
      assertTrue(error.has("param") && error.has("code") && error.has("type"), response.body());
    }
  }

  @Test
  void modelsAreBasesAndAdapters() throws Exception {
    List<String> ids = new ArrayList<>();
    JsonObject listing = RunningServer.json(server.get("/v1/models"));
    listing
        .getAsJsonArray("data")
        .forEach(card -> ids.add(card.getAsJsonObject().get("id").getAsString()));
    assertEquals(List.of("emoji-sd", "tiny-lm", "fast", "glossy"), ids);
    assertEquals(200, server.get("/v1/models/glossy").statusCode());
    assertEquals(404, server.get("/v1/models/glosy").statusCode());
  }

  @Test
  void metricsHaveTheNamesOfVllm() throws Exception {
    posted(COMPLETIONS, "{\"prompt\":\"The\",\"max_tokens\":2}");
    String text = server.get("/metrics").body();
    for (String name :
        List.of(
            "vllm:num_requests_running",
            "vllm:num_requests_waiting",
            "vllm:prompt_tokens_total",
            "vllm:generation_tokens_total",
            "vllm:request_success_total",
            "vllm:time_to_first_token_seconds_bucket",
            "vllm:prefix_cache_queries_total",
            "vllm:lora_requests_info")) {
      assertTrue(text.contains("\n" + name + "{"), name + " in:\n" + text);
    }
    assertEquals(200, server.get("/health").statusCode());
    assertEquals(200, server.get("/ready").statusCode());
  }
}
