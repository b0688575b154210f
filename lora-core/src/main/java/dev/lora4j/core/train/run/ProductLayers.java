package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.training.ProductTraining;
import dev.lora4j.core.adapter.training.SiteDropout;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.train.MaxNorm;
import dev.lora4j.core.train.adapter.AdapterParameter;
import dev.lora4j.core.train.adapter.AdapterPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Layers of a plan whose change is a product of trained tensors. */
final class ProductLayers {
  private ProductLayers() {}

  /**
   * They, in the order of the model; those that are trained whole are not among them.
   *
   * @param trained all that is trained
   */
  static List<MaxNorm.Layer> of(AdapterPlan plan, List<AdapterParameter> trained) {
    Map<Site, List<AdapterParameter>> parts =
        trained.stream().collect(Collectors.groupingBy(AdapterParameter::site));
    List<MaxNorm.Layer> layers = new ArrayList<>();
    plan.sites()
        .forEach(
            (site, how) -> {
              List<AdapterParameter> own = parts.getOrDefault(site, List.of());
              boolean there = !own.isEmpty();
              if (there && plan.recipe().methodAt(site) instanceof ProductTraining method) {
                List<String> names = own.stream().map(AdapterParameter::name).toList();
                layers.add(
                    new MaxNorm.Layer(
                        names, method.scale(site, how), all -> norm(method, site, own, all)));
              }
            });
    return layers;
  }

  private static Expr norm(
      ProductTraining method, Site site, List<AdapterParameter> trained, List<Expr> tensors) {
    Map<String, Expr> parts = new TreeMap<>();
    for (int i = 0; i < tensors.size(); i++) {
      parts.put(trained.get(i).part(), tensors.get(i));
    }
    Expr one = tensors.get(0).graph().constant(1, DType.F64);
    return method.norm(site, new TrainedFactors(parts, one, SiteDropout.NONE));
  }
}
