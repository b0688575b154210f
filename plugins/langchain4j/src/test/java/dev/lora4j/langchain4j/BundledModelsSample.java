package dev.lora4j.langchain4j;

// docs/java.md shows this file.
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.LambdaStreamingResponseHandler;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.tinylm.TinyLm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** Pictures and texts of the bundled models. */
final class BundledModelsSample {
  private BundledModelsSample() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    try (var painter =
            Lora4jImageModel.builder()
                .base(EmojiSd.folder()) // or a folder of Stable Diffusion
                .adapter(EmojiSd.glossy(), 0.7)
                .seed(7)
                .build();
        var speaker =
            Lora4jChatModel.builder().base(TinyLm.folder()).maxOutputTokens(40).seed(7).build();
        var stream =
            Lora4jStreamingChatModel.builder()
                .session(speaker.session())
                .maxOutputTokens(40)
                .build()) {
      String fox = painter.generate("a fox").content().base64Data();
      Files.write(Path.of(args[0], "fox.png"), Base64.getDecoder().decode(fox));
      var speech = speaker.chat(UserMessage.from("My fellow citizens, the"));
      System.out.println(speech.aiMessage().text() + " " + speech.tokenUsage());
      LambdaStreamingResponseHandler.onPartialResponseBlocking(
          stream, "We the people", System.out::print);
    }
  }
}
