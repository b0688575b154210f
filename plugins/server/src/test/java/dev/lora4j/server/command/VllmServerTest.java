package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.server.schedule.QueueLimits;
import dev.lora4j.text.pipeline.TextPrompt;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** vLLM's requests that load and unload adapters, on a real socket. */
class VllmServerTest {
  private static final String LOAD = "/v1/load_lora_adapter";
  private static final String UNLOAD = "/v1/unload_lora_adapter";

  @TempDir private static Path folder;
  private static RunningServer server;

  @BeforeAll
  static void open() throws IOException {
    Path adapters = folder.resolve("adapters");
    server = new RunningServer(folder.resolve("state"), adapters, QueueLimits.DEFAULT, 1);
    for (int i = 0; i < 2; i++) {
      Path own = Files.createDirectories(adapters.resolve("hidden")).resolve("text" + i);
      RandomAdapters.write(own, server.texts().base().family(), "_proj", i, 0.12f);
    }
    Files.createDirectories(adapters.resolve("broken"));
    Files.writeString(adapters.resolve("broken/adapter_config.json"), "{}");
    Files.writeString(adapters.resolve("broken/adapter_model.safetensors"), "none");
    RandomAdapters.write(
        folder.resolve("outside"), server.texts().base().family(), "_proj", 7, 0.12f);
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static HttpResponse<String> load(String name, String path, String more) throws Exception {
    return server.post(
        LOAD, "{\"lora_name\":\"%s\",\"lora_path\":\"%s\"%s}".formatted(name, path, more));
  }

  private static String text(String model) throws Exception {
    HttpResponse<String> response =
        server.post(
            "/v1/completions",
            "{\"prompt\":\"My fellow\",\"max_tokens\":8,\"temperature\":0,\"model\":\"%s\"}"
                .formatted(model));
    assertEquals(200, response.statusCode(), response.body());
    JsonElement choice = RunningServer.json(response).getAsJsonArray("choices").get(0);
    return choice.getAsJsonObject().get("text").getAsString();
  }

  private static String library(String file) {
    MixPlan mix = MixPlan.of(server.texts().adapter(folder.resolve("adapters/hidden/" + file)), 1);
    return server.texts().generate(TextPrompt.of("My fellow").tokens(8).mix(mix)).text();
  }

  private static JsonObject card(String name) throws Exception {
    return RunningServer.json(server.get("/v1/models/" + name));
  }

  @Test
  void loadedAdapterServesUntilItIsUnloaded() throws Exception {
    HttpResponse<String> loaded = load("style", "hidden/text0", "");
    assertEquals(200, loaded.statusCode(), loaded.body());
    assertEquals("Success: LoRA adapter 'style' added successfully.", loaded.body());
    assertTrue(loaded.headers().firstValue("content-type").orElse("").startsWith("text/plain"));
    assertEquals(library("text0"), text("style"));
    assertEquals("tiny-lm", card("style").get("parent").getAsString());

    assertEquals(400, load("style", "hidden/text1", "").statusCode());
    assertEquals(200, load("style", "hidden/text1", ",\"load_inplace\":true").statusCode());
    assertEquals(library("text1"), text("style"));
    assertNotEquals(library("text0"), library("text1"));

    HttpResponse<String> unloaded = server.post(UNLOAD, "{\"lora_name\":\"style\"}");
    assertEquals("Success: LoRA adapter 'style' removed successfully.", unloaded.body());
    assertEquals(404, server.get("/v1/models/style").statusCode());
    assertEquals(404, server.post(UNLOAD, "{\"lora_name\":\"style\"}").statusCode());
  }

  @Test
  void languageModelsTellTheirLongestSequence() throws Exception {
    int longest = server.texts().network().longest();
    assertEquals(longest, card("tiny-lm").get("max_model_len").getAsInt());
    assertTrue(card("tiny-lm").get("parent").isJsonNull());
    assertTrue(!card("emoji-sd").has("max_model_len"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          /v1/load_lora_adapter | {'lora_name':'x'} | 400 | InvalidUserInput | lora_path
          /v1/load_lora_adapter | {'lora_path':'x'} | 400 | InvalidUserInput | lora_name
          /v1/load_lora_adapter | {'lora_name':5,'lora_path':'x'} | 400 | InvalidUserInput | lora_name
          /v1/load_lora_adapter | {'lora_name':'tiny-lm','lora_path':'hidden/text0'} | 400 | InvalidUserInput | a base
          /v1/load_lora_adapter | {'lora_name':'x','lora_path':'nowhere'} | 404 | NotFoundError | nowhere
          /v1/load_lora_adapter | {'lora_name':'x','lora_path':'../outside'} | 404 | NotFoundError | no adapter
          /v1/load_lora_adapter | {'lora_name':'x','lora_path':'/etc'} | 404 | NotFoundError | no adapter
          /v1/load_lora_adapter | {'lora_name':'x','lora_path':'broken'} | 500 | InternalServerError | cannot be used
          /v1/load_lora_adapter | [] | 400 | InvalidUserInput | JSON object
          /v1/unload_lora_adapter | {} | 400 | InvalidUserInput | lora_name
          /v1/unload_lora_adapter | {'lora_name':'nobody','lora_int_id':3} | 404 | NotFoundError | nobody
          """)
  void mistakesAreAnsweredAsVllmDoes(String path, String body, int status, String type, String part)
      throws Exception {
    HttpResponse<String> response = server.post(path, body.replace('\'', '"'));
    assertEquals(status, response.statusCode(), response.body());
    JsonObject error = RunningServer.json(response).getAsJsonObject("error");
    assertEquals(type, error.get("type").getAsString());
    assertEquals(status, error.get("code").getAsInt());
    assertTrue(error.has("param"));
    assertTrue(error.get("message").getAsString().contains(part), response.body());
    assertTrue(!response.body().contains(folder.toString()), response.body());
  }
}
