/** Errors by their stable code. What happened, what is safe, what to do. */
export default {
  session: {
    required: '登录已过期，请重新登录。',
    bad_credentials: '用户名或密码不正确，请核对后重试。',
    totp_required: '请输入动态口令。',
    bad_totp: '动态口令不正确或已过期，请输入手机上最新的 6 位数字。',
    too_many_tries: '尝试次数过多，请稍后再试。',
    bad_code: '一次性代码不正确或已过期，请向管理员索取新代码。',
  },
  conflict: {
    stale: '在您填写期间已有人保存了新版本。您的修改没有保存，请刷新后重新填写。',
  },
  client: {
    offline: '连不上服务器。页面上的内容仍在，网络恢复后请再试一次。',
    bad_request: '服务器无法处理这次请求，数据没有改动。',
    forbidden: '您的角色无权进行此操作，数据没有改动。',
    not_found: '没有找到，可能已不存在，或不在您负责的区域内。',
    conflict: '与现有数据冲突，数据没有改动。',
    too_large: '文件或内容过大，服务器没有接收。',
    too_many: '请求过于频繁，请稍后再试。',
    unavailable: '服务暂时不可用，请稍后再试。',
    server: '服务器内部出错，这次操作没有完成。请稍后再试；若再次出现，请把编号告诉管理员。',
    unexpected: '出现意外情况，这次操作没有完成。',
  },
  field: {
    required: '必填',
    invalid: '格式不正确',
    in_future: '不能晚于今天',
    too_long: '内容过长',
    not_found: '不存在',
  },
};
