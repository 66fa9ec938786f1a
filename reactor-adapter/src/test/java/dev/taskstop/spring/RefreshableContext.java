package dev.taskstop.spring;

import java.util.Map;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.context.support.AbstractRefreshableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** A context that can be refreshed again and again, as those of older applications can. */
final class RefreshableContext extends AbstractRefreshableApplicationContext {

    private final Class<?> configuration;

    RefreshableContext(Class<?> configuration, Map<String, Object> properties) {
        this.configuration = configuration;
        getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties));
    }

    @Override
    protected void loadBeanDefinitions(DefaultListableBeanFactory beans) {
        new AnnotatedBeanDefinitionReader(beans, getEnvironment()).register(configuration);
    }
}
