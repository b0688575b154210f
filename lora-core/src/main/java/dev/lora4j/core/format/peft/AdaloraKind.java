package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.adalora.AdaloraMethod;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * AdaLoRA, with one rank of the beginning and one alpha for all layers. Of the schedule of its
 * training, which factors do not have, it says the least that PEFT demands.
 */
@Extension(point = PeftKind.class, name = AdaloraMethod.NAME, help = "AdaLoRA in PEFT's layout")
public final class AdaloraKind implements PeftKind {
  /** Sizes of a kernel of two dimensions with outputs and inputs. */
  private static final int PICTURE = 4;

  @Override
  public boolean takes(Factors factors) {
    return factors.method().equals(AdaloraMethod.NAME);
  }

  @Override
  public Map<String, Object> fields(List<PeftSite> sites, SiteCatalogue base) {
    sites.forEach(AdaloraKind::requireForm);
    int initial = CommonValues.of(sites, "init_r", AdaloraKind::initial);
    SortedMap<String, List<Boolean>> left = new TreeMap<>();
    long sum = 0;
    for (PeftSite site : sites) {
      int count = count(site);
      sum += count;
      left.put(site.path() + "." + AdaloraMethod.SIZES, pattern(count, initial));
    }
    boolean whole = sum == (long) initial * sites.size();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("alpha_pattern", Map.of());
    fields.put("beta1", 0.85);
    fields.put("beta2", 0.85);
    fields.put("bias", "none");
    fields.put("deltaT", 1);
    fields.put("fan_in_fan_out", TargetModules.turned(sites));
    fields.put("init_lora_weights", true);
    fields.put(AdaloraMethod.INITIAL, initial);
    double alpha =
        CommonValues.of(sites, Alpha.LORA_ALPHA, f -> f.structure().number(Alpha.LORA_ALPHA));
    fields.put(Alpha.LORA_ALPHA, ConfigNumbers.plain(alpha));
    fields.put("lora_dropout", 0.0);
    fields.put("orth_reg_weight", 0.5);
    if (!whole) {
      fields.put(AdaloraMethod.LEFT, left);
    }
    fields.put("target_modules", TargetModules.of(sites, base));
    fields.put("target_r", Math.max(1, Math.round((double) sum / sites.size())));
    fields.put("tfinal", 0);
    fields.put("tinit", 0);
    // PEFT makes no configuration without one.
    fields.put("total_step", 1);
    return fields;
  }

  private static int initial(Factors factors) {
    return (int) factors.structure().number(AdaloraMethod.INITIAL);
  }

  private static int count(PeftSite site) {
    return Math.toIntExact(site.factors().get(0).tensor(LoraMethod.DOWN).shape().size(0));
  }

  /** Which of the first directions are left is not known any more, and has no effect. */
  private static List<Boolean> pattern(int left, int initial) {
    List<Boolean> pattern = new ArrayList<>(Collections.nCopies(left, true));
    pattern.addAll(Collections.nCopies(initial - left, false));
    return pattern;
  }

  /** PEFT has linear layers, and convolutions of pictures without groups. */
  private static void requireForm(PeftSite site) {
    boolean other =
        site.site()
            .filter(s -> s.convolution() && (s.groups() > 1 || s.weight().rank() != PICTURE))
            .isPresent();
    if (other) {
      throw new AdapterException(
          "PEFT has no form for AdaLoRA at layers like "
              + site.name()
              + " "
              + site.site().map(Site::weight).orElseThrow()
              + ". Write kohya's layout, which has a LoRA there.");
    }
    int left = count(site);
    int initial = initial(site.factors().get(0));
    if (left > initial) {
      throw new AdapterException(
          "%s has %d directions, more than the %d of its beginning (%s)."
              .formatted(site.name(), left, initial, AdaloraMethod.INITIAL));
    }
  }

  /** Those of AdaLoRA, which have no ending, and are matrices also of convolutions. */
  @Override
  public Optional<SortedMap<String, HostTensor>> tensors(Factors factors) {
    if (!takes(factors)) {
      return Optional.empty();
    }
    SortedMap<String, HostTensor> named = new TreeMap<>();
    named.put("lora_A", matrix(factors.tensor(LoraMethod.DOWN)));
    named.put("lora_B", matrix(factors.tensor(LoraMethod.UP)));
    named.put(AdaloraMethod.SIZES, factors.tensor(AdaloraMethod.SIZES));
    return Optional.of(named);
  }

  private static HostTensor matrix(HostTensor factor) {
    long rows = factor.shape().size(0);
    return factor.reshape(Shape.of(rows, factor.shape().elements() / rows));
  }
}
