package dev.lora4j.text.align.reward;

import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.RewardRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;

/**
 * Rewards of another program, which is asked over HTTP once for all completions of a step: {@code
 * POST} of {@code {"step": 3, "prompts": ["..."], "completions": ["..."], "columns": [{...}]}},
 * answered by {@code {"rewards": [0.5, null]}}, where null is nothing to say.
 *
 * @param url Address
 * @param timeout Seconds that an answer may take
 * @param retries How often it is asked again if it cannot be reached or answers with status 429 or
 *     5xx
 */
@Extension(
    point = RewardFunction.class,
    name = "http",
    help = "rewards of another program, which is asked over HTTP")
public record Http(
    @Setting(help = "Address that completions are posted to, as JSON") String url,
    @Setting(help = "Seconds that an answer may take", defaultValue = "30", above = 0, max = 86400)
        double timeout,
    @Setting(
            help = "How often it is asked again if it is not there or answers 429 or 5xx",
            defaultValue = "2",
            min = 0,
            max = 100)
        int retries)
    implements RewardFunction {
  /** Checks the address. */
  public Http {
    address(url);
  }

  private static URI address(String url) {
    try {
      URI address = new URI(url);
      boolean known = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
      if (!known || address.getHost() == null) {
        throw new IllegalArgumentException(
            "The url must begin with http:// or https:// and a host, found '" + url + "'.");
      }
      if (address.getUserInfo() != null) {
        throw new IllegalArgumentException(
            "The url has a name or password, which would be written into files; leave it out.");
      }
      return address;
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("The url '" + url + "' is none: " + e.getMessage(), e);
    }
  }

  @Override
  public CompletionStage<List<OptionalDouble>> rewards(RewardRequest request) {
    Duration patience = Duration.ofNanos((long) (timeout * 1e9));
    return new HttpQuestion(name(), address(url), patience, request).ask(retries);
  }
}
