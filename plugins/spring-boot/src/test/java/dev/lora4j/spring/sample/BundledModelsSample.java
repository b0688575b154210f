package dev.lora4j.spring.sample;

// docs/java.md shows this file.
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.image.ImageModel;
import org.springframework.ai.image.ImagePrompt;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Pictures and texts of the bases that application.properties names. */
@SpringBootApplication
class BundledModelsSample implements CommandLineRunner {
  private final ImageModel painter;
  private final ChatModel speaker;

  BundledModelsSample(ImageModel painter, ChatModel speaker) {
    this.painter = painter;
    this.speaker = speaker;
  }

  public static void main(String[] args) {
    SpringApplication.run(BundledModelsSample.class, args);
  }

  @Override
  public void run(String... args) throws IOException {
    String fox = painter.call(new ImagePrompt("a fox")).getResult().getOutput().getB64Json();
    Files.write(Path.of("target/fox.png"), Base64.getDecoder().decode(fox));
    System.out.println(speaker.call("My fellow citizens, the"));
    speaker.stream(new Prompt("We the people"))
        .map(part -> part.getResult().getOutput().getText())
        .doOnNext(System.out::print)
        .blockLast();
  }
}
