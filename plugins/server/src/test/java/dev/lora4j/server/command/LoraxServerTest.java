package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.server.schedule.QueueLimits;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.pipeline.Completion;
import dev.lora4j.text.pipeline.TextPrompt;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LoRAX's protocol on a real socket. */
@Timeout(120)
class LoraxServerTest {
  private static final String GENERATE = "/generate";
  private static final String PROMPT = "My fellow citizens";

  @TempDir private static Path folder;
  private static RunningServer server;

  @BeforeAll
  static void open() throws IOException {
    Path adapters = Files.createDirectories(folder.resolve("adapters"));
    server = new RunningServer(folder.resolve("state"), adapters, QueueLimits.DEFAULT, 1);
    for (int i = 0; i < 2; i++) {
      RandomAdapters.write(file("text" + i), server.texts().base().family(), "_proj", i, 0.2f);
    }
    RandomAdapters.write(file("picture"), server.pictures().family(), "attn2.to_", 3, 0.1f);
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static Path file(String name) {
    return folder.resolve("adapters").resolve(name);
  }

  private static String body(String parameters) {
    return "{\"inputs\":\"%s\",\"parameters\":{%s}}"
        .formatted(PROMPT, parameters.replace('\'', '"'));
  }

  private static HttpResponse<String> generate(String parameters) throws Exception {
    HttpResponse<String> response = server.post(GENERATE, body(parameters));
    assertEquals(200, response.statusCode(), response.body());
    return response;
  }

  private static String text(String parameters) throws Exception {
    return RunningServer.json(generate(parameters)).get("generated_text").getAsString();
  }

  private static Completion own(TextPrompt prompt) {
    return server.texts().generate(prompt);
  }

  private static String own(Adapter adapter) {
    return own(TextPrompt.of(PROMPT).tokens(12).mix(MixPlan.of(adapter, 1))).text();
  }

  private static List<JsonObject> events(HttpResponse<String> response) {
    assertEquals(200, response.statusCode(), response.body());
    List<JsonObject> events = new ArrayList<>();
    for (String line : response.body().split("\n", -1)) {
      if (line.startsWith("data:")) {
        events.add(JsonParser.parseString(line.substring("data:".length())).getAsJsonObject());
      }
    }
    return events;
  }

  @Test
  void textsAreThoseOfTheLibrary() throws Exception {
    String base = own(TextPrompt.of(PROMPT).tokens(12)).text();
    assertEquals(base, text("'max_new_tokens':12"));
    assertEquals(base, text("'max_new_tokens':12,'adapter_id':'','adapter_source':'hub'"));
    Adapter adapter = server.texts().adapter(file("text0"));
    assertNotEquals(base, own(adapter));
    assertEquals(own(adapter), text("'max_new_tokens':12,'adapter_id':'text0','api_token':'x'"));
    String one = "'max_new_tokens':12,'merged_adapters':{'ids':['text0'],'weights':[0.3]}";
    assertEquals(own(adapter), text(one));
  }

  @Test
  void drawnTextsFollowTheirSettings() throws Exception {
    SamplingSettings sampling = new SamplingSettings(1.2, 0.8, 20, 0.9, 0);
    TextPrompt prompt = TextPrompt.of(PROMPT).tokens(12).sampling(sampling).seed(7);
    String parameters =
        "'max_new_tokens':12,'repetition_penalty':1.2,'temperature':0.8,'top_k':20,'top_p':0.9,"
            + "'seed':7,'return_full_text':true";
    assertEquals(PROMPT + own(prompt).text(), text(parameters));
  }

  @Test
  void detailsTellOfEachToken() throws Exception {
    HttpResponse<String> response =
        generate("'max_new_tokens':6,'details':true,'return_k_alternatives':3");
    JsonObject answer = RunningServer.json(response);
    JsonObject details = answer.getAsJsonObject("details");
    Completion own = own(TextPrompt.of(PROMPT).tokens(6));
    assertEquals("length", details.get("finish_reason").getAsString());
    assertEquals(own.promptTokens(), details.get("prompt_tokens").getAsInt());
    assertEquals(6, details.get("generated_tokens").getAsInt());
    assertEquals(0, details.getAsJsonArray("prefill").size());
    assertTrue(details.get("seed").isJsonNull());
    StringBuilder text = new StringBuilder();
    JsonArray tokens = details.getAsJsonArray("tokens");
    for (int i = 0; i < 6; i++) {
      JsonObject token = tokens.get(i).getAsJsonObject();
      assertEquals(own.tokens().get(i), token.get("id").getAsInt());
      assertFalse(token.get("special").getAsBoolean());
      JsonObject likeliest = token.getAsJsonArray("alternative_tokens").get(0).getAsJsonObject();
      assertEquals(token.get("logprob"), likeliest.get("logprob"));
      text.append(token.get("text").getAsString());
    }
    assertEquals(answer.get("generated_text").getAsString(), text.toString());
    assertHeaders(response);
  }

  private static void assertHeaders(HttpResponse<String> response) {
    for (String name :
        List.of(
            "x-compute-time",
            "x-compute-characters",
            "x-total-time",
            "x-prompt-tokens",
            "x-generated-tokens",
            "x-validation-time",
            "x-queue-time",
            "x-inference-time",
            "x-time-per-token")) {
      String value = response.headers().firstValue(name).orElse("");
      assertTrue(Long.parseLong(value) >= 0, name + ": " + value);
    }
    assertEquals("6", response.headers().firstValue("x-generated-tokens").orElse(""));
    assertEquals("tiny-lm", response.headers().firstValue("x-model-id").orElse(""));
  }

  @Test
  void streamHasAnEventForEachToken() throws Exception {
    String parameters = "'max_new_tokens':9,'adapter_id':'text1'";
    HttpResponse<String> response = server.post("/generate_stream", body(parameters));
    assertEquals("text1", response.headers().firstValue("x-adapter-id").orElse(""));
    List<JsonObject> events = events(response);
    assertEquals(9, events.size());
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 9; i++) {
      JsonObject event = events.get(i);
      JsonObject token = event.getAsJsonObject("token");
      assertTrue(token.get("logprob").getAsDouble() <= 0);
      text.append(token.get("text").getAsString());
      assertEquals(i < 8, event.get("generated_text").isJsonNull());
      assertEquals(i < 8, event.get("details").isJsonNull());
    }
    JsonObject last = events.get(8);
    assertEquals(text.toString(), last.get("generated_text").getAsString());
    assertEquals(text(parameters), text.toString());
    assertEquals("length", last.getAsJsonObject("details").get("finish_reason").getAsString());
  }

  @Test
  void rootAnswersAListOrStreams() throws Exception {
    String whole = body("'max_new_tokens':3");
    String text = text("'max_new_tokens':3");
    JsonArray list = JsonParser.parseString(server.post("/", whole).body()).getAsJsonArray();
    assertEquals(1, list.size());
    assertEquals(text, list.get(0).getAsJsonObject().get("generated_text").getAsString());
    String streamed = whole.replaceFirst("\\{", "{\"stream\":true,");
    List<JsonObject> events = events(server.post("/", streamed));
    assertEquals(text, events.get(2).get("generated_text").getAsString());
  }

  @Test
  void textToStopAtIsPartOfTheText() throws Exception {
    String whole = text("'max_new_tokens':12");
    String stop = whole.substring(4, 6);
    JsonObject answer =
        RunningServer.json(
            generate("'max_new_tokens':12,'details':true,'stop':['%s']".formatted(stop)));
    assertTrue(answer.get("generated_text").getAsString().contains(stop));
    assertTrue(whole.startsWith(answer.get("generated_text").getAsString()));
    assertEquals(
        "stop_sequence", answer.getAsJsonObject("details").get("finish_reason").getAsString());
  }

  @Test
  void bestOfAnswersTheLikeliest() throws Exception {
    JsonObject answer =
        RunningServer.json(
            generate("'max_new_tokens':6,'do_sample':true,'best_of':2,'details':true"));
    JsonObject best = answer.getAsJsonObject("details");
    JsonArray others = best.getAsJsonArray("best_of_sequences");
    assertEquals(1, others.size());
    JsonObject other = others.get(0).getAsJsonObject();
    assertTrue(sum(best) / 6 >= sum(other) / other.get("generated_tokens").getAsInt());
    assertEquals(
        answer.get("generated_text").getAsString(),
        text("'max_new_tokens':6,'do_sample':true,'seed':" + best.get("seed").getAsString()));
  }

  private static double sum(JsonObject details) {
    double sum = 0;
    for (JsonElement token : details.getAsJsonArray("tokens")) {
      sum += token.getAsJsonObject().get("logprob").getAsDouble();
    }
    return sum;
  }

  @Test
  void truncatedPromptIsItsLastTokens() throws Exception {
    int[] ids = server.texts().tokenizer().encodePlain(PROMPT);
    int around = server.texts().tokenizer().encode(PROMPT).length - ids.length;
    int[] last = {ids[ids.length - 1]};
    String end = server.texts().tokenizer().decode(last, false);
    String expected = own(TextPrompt.of(end).tokens(4)).text();
    assertEquals(expected, text("'max_new_tokens':4,'truncate':" + (around + 1)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          'typical_p':0.5 | 422 | validation | parameters.typical_p
          'watermark':true | 422 | validation | parameters.watermark
          'decoder_input_details':true | 422 | validation | parameters.decoder_input_details
          'ignore_eos_token':true | 422 | validation | parameters.ignore_eos_token
          'apply_chat_template':true | 422 | validation | parameters.apply_chat_template
          'frequency_penalty':1 | 422 | validation | parameters.frequency_penalty
          'presence_penalty':-1 | 422 | validation | parameters.presence_penalty
          'response_format':{'type':'json_object'} | 422 | validation | parameters.response_format
          'adapter_source':'s3' | 422 | validation | parameters.adapter_source
          'temperature':-1 | 422 | validation | parameters.temperature
          'top_k':0 | 422 | validation | parameters.top_k
          'seed':-1 | 422 | validation | parameters.seed
          'best_of':2 | 422 | validation | parameters.best_of
          'best_of':3,'do_sample':true | 422 | validation | parameters.best_of
          'stop':[''] | 422 | validation | parameters.stop
          'max_new_tokens':0 | 422 | validation | parameters.max_new_tokens
          'max_new_tokens':1000000 | 422 | validation | parameters.max_new_tokens
          'adapter_id':'text0','merged_adapters':{'ids':['text1']} | 422 | validation | adapter_id
          'merged_adapters':{'ids':[]} | 422 | validation | merged_adapters.ids
          'merged_adapters':{'ids':['text0','text1'],'weights':[1]} | 422 | validation | weights
          'merged_adapters':{'ids':['a','b'],'merge_strategy':'slerp'} | 422 | validation | linear, ties, dare_linear, dare_ties
          'merged_adapters':{'ids':['a','b'],'majority_sign_method':'x'} | 422 | validation | total, frequency
          'merged_adapters':{'ids':['a','b'],'merge_strategy':'ties'} | 422 | validation | density
          'adapter_id':'tex0' | 424 | generation | text0
          'adapter_id':'picture' | 424 | generation | picture
          'merged_adapters':{'ids':['text0','nobody']} | 424 | generation | nobody
          """)
  void mistakesAreAnsweredByType(String parameters, int status, String type, String part)
      throws Exception {
    for (String path : List.of(GENERATE, "/")) {
      HttpResponse<String> response = server.post(path, body(parameters));
      assertEquals(status, response.statusCode(), response.body());
      JsonObject error = RunningServer.json(response);
      assertEquals(type, error.get("error_type").getAsString());
      assertTrue(error.get("error").getAsString().contains(part), response.body());
    }
  }

  @Test
  void emptyInputsAreRefused() throws Exception {
    assertEquals(422, server.post(GENERATE, "{\"inputs\":\"\"}").statusCode());
    assertEquals(422, server.post(GENERATE, "{}").statusCode());
    assertEquals(422, server.post("/generate_stream", "[]").statusCode());
  }

  @Test
  void unknownStrategyDisturbsNobody() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> others = new ArrayList<>();
    String good = "'max_new_tokens':12,'merged_adapters':{'ids':['text0','text1']%s}";
    for (int i = 0; i < 4; i++) {
      others.add(
          server
              .client()
              .sendAsync(
                  server.request(GENERATE, body(good.formatted(""))),
                  HttpResponse.BodyHandlers.ofString()));
      String bad = good.formatted(",'merge_strategy':'magnitude'");
      assertEquals(422, server.post(GENERATE, body(bad)).statusCode());
    }
    String expected = text(good.formatted(""));
    for (CompletableFuture<HttpResponse<String>> other : others) {
      assertEquals(expected, RunningServer.json(other.get()).get("generated_text").getAsString());
    }
  }

  @Test
  void infoTellsModelAndLimits() throws Exception {
    JsonObject info = RunningServer.json(server.get("/info"));
    assertEquals("tiny-lm", info.get("model_id").getAsString());
    assertEquals(server.texts().network().longest(), info.get("max_total_tokens").getAsInt());
    assertEquals(200, server.get("/ping").statusCode());
  }
}
