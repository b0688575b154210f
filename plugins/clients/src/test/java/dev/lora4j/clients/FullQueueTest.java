package dev.lora4j.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.RateLimitException;
import com.openai.models.images.ImageGenerateParams;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.lora4j.server.command.RunningServer;
import dev.lora4j.server.schedule.QueueLimits;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.image.ImagePrompt;
import org.springframework.ai.openai.OpenAiImageOptions;

/** Clients of a server that has no room for their requests now. */
@Timeout(300)
class FullQueueTest {
  private static final String LONG = "{\"prompt\":\"a fox\",\"steps\":1000}";

  @TempDir private Path folder;

  private static CompletableFuture<HttpResponse<String>> send(RunningServer server) {
    return send(server, "/v1/images/generations", LONG);
  }

  private static CompletableFuture<HttpResponse<String>> send(
      RunningServer server, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(server.uri(path))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return HttpClient.newHttpClient().sendAsync(request, HttpResponse.BodyHandlers.ofString());
  }

  private static void until(RunningServer server, String gauge) throws Exception {
    String line = "vllm:num_requests_" + gauge;
    while (!server.get("/metrics").body().contains(line)) {
      Thread.sleep(20);
    }
  }

  @Test
  void clientsLearnWhenToComeBack() throws Exception {
    try (ServedModels models = new ServedModels(folder, QueueLimits.DEFAULT.withEntries(1))) {
      CompletableFuture<HttpResponse<String>> first = send(models.server());
      until(models.server(), "running{model_name=\"emoji-sd\"} 1.0");
      CompletableFuture<HttpResponse<String>> second = send(models.server());
      until(models.server(), "waiting{model_name=\"emoji-sd\"} 1.0");

      OpenAIClient client =
          OpenAIOkHttpClient.builder()
              .baseUrl(models.address())
              .apiKey("none")
              .maxRetries(0)
              .build();
      ImageGenerateParams request = ImageGenerateParams.builder().prompt("a fox").build();
      RateLimitException refused =
          assertThrows(RateLimitException.class, () -> client.images().generate(request));
      long seconds = Long.parseLong(refused.headers().values("retry-after").get(0));
      assertTrue(seconds >= 1, "retry after " + seconds);

      OpenAiImageOptions.Builder options = OpenAiImageOptions.builder();
      options.baseUrl(models.address());
      options.apiKey("none");
      options.model("emoji-sd");
      options.maxRetries(0);
      assertThrows(
          RateLimitException.class,
          () ->
              org.springframework.ai.openai.OpenAiImageModel.builder()
                  .options(options.build())
                  .build()
                  .call(new ImagePrompt("a fox")));

      // With room, a client that comes back gets its picture.
      CompletableFuture<Integer> patient =
          CompletableFuture.supplyAsync(
              () ->
                  client
                      .withOptions(more -> more.maxRetries(5))
                      .images()
                      .generate(request)
                      .data()
                      .orElseThrow()
                      .size());
      second.cancel(true);
      first.cancel(true);
      assertEquals(1, patient.join());
      client.close();
    }
  }

  /** LangChain4j has typed exceptions for chats alone. */
  @Test
  void langChain4jTellsOfTheLimit() throws Exception {
    try (ServedModels models = new ServedModels(folder, QueueLimits.DEFAULT.withEntries(1))) {
      String endless =
          "{\"prompt\":\"" + ServedModels.CITIZENS + "\",\"temperature\":0,\"max_tokens\":9999}";
      List<CompletableFuture<HttpResponse<String>>> texts = new ArrayList<>();
      for (int i = 1; i <= 8; i++) {
        texts.add(send(models.server(), "/v1/completions", endless));
        until(models.server(), "running{model_name=\"tiny-lm\"} " + i + ".0");
      }
      texts.add(send(models.server(), "/v1/completions", endless));
      until(models.server(), "waiting{model_name=\"tiny-lm\"} 1.0");
      OpenAiChatModel chat =
          OpenAiChatModel.builder()
              .baseUrl(models.address())
              .apiKey("none")
              .modelName("tiny-lm")
              .maxRetries(0)
              .build();
      assertThrows(
          dev.langchain4j.exception.RateLimitException.class, () -> chat.chat("Who is next?"));
      texts.forEach(text -> text.cancel(true));
    }
  }
}
